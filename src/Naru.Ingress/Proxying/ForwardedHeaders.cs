using System.Net;
using Microsoft.AspNetCore.Http;

namespace Naru.Ingress.Proxying;

/// <summary>Tells the backend who the client is and what he asked. What a client claims about itself is not passed on, unless it is a proxy that is trusted.</summary>
internal sealed class ForwardedHeaders(IngressOptions options)
{
    private readonly IPNetwork[] _trusted = [.. options.TrustedProxies.Select(static text => IPNetwork.Parse(text))];

    public void Apply(Exchange exchange)
    {
        var headers = exchange.Http.Request.Headers;
        var client = exchange.ClientText;
        if (_trusted.Length > 0 && IsTrusted(exchange.Client))
        {
            Extend(exchange, headers, client);
            return;
        }

        headers["X-Real-IP"] = client;
        headers["X-Forwarded-For"] = client;
        headers["X-Forwarded-Host"] = exchange.HostHeader;
        headers["X-Forwarded-Port"] = exchange.Port.NumberText;
        headers["X-Forwarded-Proto"] = exchange.Port.Scheme;
        headers["X-Forwarded-Scheme"] = exchange.Port.Scheme;
        headers["Forwarded"] = exchange.ForwardedElement;
    }

    /// <summary>An element of the header Forwarded (RFC 7239, section 4).</summary>
    public static string ElementOf(string client, string host, string scheme)
    {
        var node = client.Contains(':', StringComparison.Ordinal) ? $"\"[{client}]\"" : client;
        return $"for={node};host=\"{host}\";proto={scheme}";
    }

    /// <summary>The address that requests are judged by: the client's, as a trusted proxy tells it.</summary>
    public IPAddress ClientOf(Exchange exchange)
    {
        var address = exchange.Client;
        if (_trusted.Length == 0)
        {
            return address;
        }

        var told = exchange.Http.Request.Headers["X-Forwarded-For"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        for (var place = told.Length - 1; place >= 0 && IsTrusted(address); place--)
        {
            if (!IPAddress.TryParse(told[place], out var before))
            {
                break;
            }

            address = before;
        }

        return address;
    }

    private void Extend(Exchange exchange, IHeaderDictionary headers, string client)
    {
        headers["X-Real-IP"] = ClientOf(exchange).ToString();
        headers["X-Forwarded-For"] = headers["X-Forwarded-For"] is { Count: > 0 } before ? $"{before}, {client}" : client;
        Default(headers, "X-Forwarded-Host", exchange.HostHeader);
        Default(headers, "X-Forwarded-Port", exchange.Port.NumberText);
        Default(headers, "X-Forwarded-Proto", exchange.Port.Scheme);
        Default(headers, "X-Forwarded-Scheme", exchange.Port.Scheme);
        var element = exchange.ForwardedElement;
        headers["Forwarded"] = headers["Forwarded"] is { Count: > 0 } elements ? $"{elements}, {element}" : element;
    }

    private static void Default(IHeaderDictionary headers, string name, string value)
    {
        if (!headers.ContainsKey(name))
        {
            headers[name] = value;
        }
    }

    private bool IsTrusted(IPAddress address) => Array.Exists(_trusted, network => network.Contains(address));
}
