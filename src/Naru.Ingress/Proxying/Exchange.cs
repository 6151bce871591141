using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Naru.Ingress.Backends;
using Naru.Ingress.Listening;
using Naru.Ingress.Routing;
using Endpoint = Naru.Ingress.Backends.Endpoint;

namespace Naru.Ingress.Proxying;

/// <summary>One request on its way. Used again for the next one of the connection.</summary>
internal sealed class Exchange(PortFacts port)
{
    private IPAddress? _clientOf;
    private string? _clientText;
    private string? _element;
    private string _elementHost = "";

    public DefaultHttpContext Http { get; } = new();

    /// <summary>Where it came in.</summary>
    public PortFacts Port => port;

    /// <summary>When it came, as the clock's timestamp.</summary>
    public long Began { get; private set; }

    /// <summary>The route that took it; null: none.</summary>
    public Route? Route { get; set; }

    /// <summary>The decoded path that was matched.</summary>
    public string Path { get; set; } = "";

    /// <summary>What the endpoint is asked for: path and query, encoded.</summary>
    public string Target { get; set; } = "";

    /// <summary>The backend that was drawn.</summary>
    public WeighedBackend? Backend { get; set; }

    /// <summary>The endpoint that is asked.</summary>
    public Endpoint? Endpoint { get; set; }

    /// <summary>A cookie to be set with the answer.</summary>
    public string? Cookie { get; set; }

    /// <summary>Host as the client named it.</summary>
    public string HostHeader { get; set; } = "";

    /// <summary>Headers that gates want in the answer, whoever gives it.</summary>
    public List<KeyValuePair<string, string>>? AnswerHeaders { get; set; }

    /// <summary>The client's address.</summary>
    public IPAddress Client => Http.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : Http.Connection.RemoteIpAddress ?? IPAddress.None;

    /// <summary>The client's address as text: made once for a connection.</summary>
    public string ClientText
    {
        get
        {
            var address = Http.Connection.RemoteIpAddress;
            if (!ReferenceEquals(address, _clientOf) || _clientText is null)
            {
                _clientOf = address;
                _clientText = Client.ToString();
                _element = null;
            }

            return _clientText;
        }
    }

    /// <summary>What the header Forwarded says about the client: made once for a connection and host.</summary>
    public string ForwardedElement
    {
        get
        {
            var client = ClientText;
            if (_element is null || _elementHost != HostHeader)
            {
                _elementHost = HostHeader;
                _element = ForwardedHeaders.ElementOf(client, HostHeader, port.Scheme);
            }

            return _element;
        }
    }

    public void Begin(IFeatureCollection features, long now)
    {
        Http.Initialize(features);
        Began = now;
    }

    public void End()
    {
        Http.Uninitialize();
        Route = null;
        Backend = null;
        Endpoint = null;
        Cookie = null;
        AnswerHeaders = null;
        Path = Target = HostHeader = "";
    }

    /// <summary>Edits of the answer's head that hold whatever the backend says.</summary>
    public void EditAnswer(IHeaderDictionary headers)
    {
        foreach (var (name, value) in AnswerHeaders ?? [])
        {
            headers[name] = value;
        }

        Backend?.ResponseHeaders?.Apply(headers);
        Route?.Plan.ResponseHeaders?.Apply(headers);
        if (Cookie is not null)
        {
            headers.SetCookie = Microsoft.Extensions.Primitives.StringValues.Concat(headers.SetCookie, Cookie);
        }
    }
}
