using System.Globalization;
using Microsoft.AspNetCore.Http;
using Naru.Ingress.Gates;
using Naru.Ingress.Proxying;
using Naru.Objects.Values;

namespace Naru.Ingress.Gateways;

/// <summary>The filter RequestRedirect: what it does not name stays as the client asked.</summary>
internal sealed class RouteRedirectGate(MapValue filter, IPathRewrite? path) : IGate
{
    private readonly string? _scheme = filter.Text("scheme");
    private readonly string? _host = filter.Text("hostname");
    private readonly long? _port = filter.Integer("port");
    private readonly int _code = (int)(filter.Integer("statusCode") ?? 302);

    public ValueTask<bool> PassAsync(Exchange exchange)
    {
        var request = exchange.Http.Request;
        var scheme = _scheme ?? exchange.Port.Scheme;
        var port = _port ?? (_scheme is not null && _scheme != exchange.Port.Scheme ? StandardPort(scheme) : exchange.Port.Number);
        var place = path is null ? request.Path.ToUriComponent() : new PathString(path.Apply(exchange.Route!.Path, exchange.Path)).ToUriComponent();
        var shown = port == StandardPort(scheme) ? "" : string.Create(CultureInfo.InvariantCulture, $":{port}");
        RedirectGate.Answer(exchange, _code, $"{scheme}://{_host ?? request.Host.Host}{shown}{place}{request.QueryString.Value}");
        return ValueTask.FromResult(false);
    }

    private static long StandardPort(string scheme) => scheme == "https" ? 443 : 80;
}
