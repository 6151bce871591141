using Microsoft.AspNetCore.Http;
using Naru.Ingress.Proxying;

namespace Naru.Ingress.Gates;

/// <summary>Sends plain requests to HTTPS, as long as HTTPS is served here at all.</summary>
internal sealed class SecureGate : IGate
{
    public static readonly SecureGate Only = new();

    public ValueTask<bool> PassAsync(Exchange exchange)
    {
        if (exchange.Port.IsTls || exchange.Port.Routes.SecurePort == 0)
        {
            return ValueTask.FromResult(true);
        }

        var port = exchange.Port.Routes.SecurePort;
        var host = exchange.Http.Request.Host.Host;
        var request = exchange.Http.Request;
        RedirectGate.Answer(exchange, StatusCodes.Status308PermanentRedirect, $"https://{host}{(port == 443 ? "" : $":{port}")}{request.Path.ToUriComponent()}{request.QueryString.Value}");
        return ValueTask.FromResult(false);
    }
}
