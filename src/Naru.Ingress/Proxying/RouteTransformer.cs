using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Naru.Ingress.Proxying;

/// <summary>Writes the head of one request for an endpoint, and edits the head of its answer.</summary>
internal sealed class RouteTransformer(Exchange exchange) : HttpTransformer
{
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        proxyRequest.RequestUri = new Uri(string.Concat(destinationPrefix, exchange.Target), AsWritten);
        proxyRequest.Headers.Host = exchange.Route?.Plan.Host ?? exchange.HostHeader;
    }

    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        var goesOn = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        if (proxyResponse is not null)
        {
            NamedFields.Drop(httpContext.Response.Headers, proxyResponse.Headers.Connection);
            exchange.EditAnswer(httpContext.Response.Headers);
        }

        return goesOn;
    }
}
