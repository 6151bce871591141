using Microsoft.AspNetCore.Http.Features;
using Naru.Dialects.Kubernetes.Forwarding;
using Naru.Dialects.Kubernetes.Server;

namespace Naru.Dialects.Kubernetes.Aggregation;

/// <summary>Hands requests for groups of other servers on to them: resources, and the documents of their versions.</summary>
internal sealed class AggregationForwarder(ApiServiceTable table, AggregatedTargets targets, UpstreamForwarder forwarder) : IResourceForwarder, IPathEndpoint
{
    public bool Takes(Exchange exchange) => exchange.Resource is null && table.Find(exchange.Target.Group, exchange.Target.Version) is not null;

    public bool Takes(string path) => VersionAt(path) is not null;

    public Task HandleAsync(Exchange exchange)
    {
        var service = exchange.Target.IsResource ? table.Find(exchange.Target.Group, exchange.Target.Version) : VersionAt(exchange.Target.Path);
        if (service is null || !service.IsAvailable)
        {
            throw StatusFailure.ServiceUnavailable("service unavailable");
        }

        Upstream upstream;
        try
        {
            upstream = targets.Find(service);
        }
        catch (StatusFailure)
        {
            throw StatusFailure.ServiceUnavailable("service unavailable");
        }

        var raw = exchange.Http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        return forwarder.ForwardAsync(exchange, upstream, raw, AggregatedTargets.HeadersOf(exchange.User));
    }

    private ApiService? VersionAt(string path) =>
        path.Split('/', StringSplitOptions.RemoveEmptyEntries) is ["apis", var group, var version] ? table.Find(group, version) : null;
}
