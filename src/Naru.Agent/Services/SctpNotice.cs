using Microsoft.Extensions.Logging;
using Naru.Agent.Nodes;
using Naru.Core.Errors;
using Naru.Core.Traffic;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Agent.Services;

/// <summary>Tells people who make a service for SCTP that no pod of this node can answer: its rules are there, but its kernel has no such sockets. Once for each service.</summary>
internal sealed partial class SctpNotice(IObjects objects, NodeIdentity identity, KernelHasSctp kernel, TimeProvider time, ILogger<SctpNotice> logger)
{
    private static readonly WriteOptions Write = new() { FieldManager = "kube-proxy" };
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private bool? _has;

    /// <summary>Looks at a service that is new or changed.</summary>
    public async Task FollowAsync(MapValue service, CancellationToken cancellationToken)
    {
        if (!service.Maps("spec", "ports").Any(static one => one.Text("protocol") == "SCTP") || (_has ??= kernel()) || !_told.Add(service.Text("metadata", "uid") ?? ""))
        {
            return;
        }

        try
        {
            await objects.CreateAsync(AgentResources.Events, BodyOf(service), Write, cancellationToken);
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.AlreadyExists)
        {
            // Told before naru started anew.
        }
        catch (NaruException failure)
        {
            LogUntold(failure.Message);
        }
    }

    private MapValue BodyOf(MapValue service)
    {
        var (space, name, uid) = (service.Text("metadata", "namespace") ?? "", service.Text("metadata", "name") ?? "", service.Text("metadata", "uid") ?? "");
        var at = AgentTime.Format(time.GetUtcNow());
        return new()
        {
            { "apiVersion", "v1" },
            { "kind", "Event" },
            { "metadata", new MapValue { { "name", $"{name}.sctp-{identity.Name}-{(uid.Length > 8 ? uid[..8] : uid)}" }, { "namespace", space } } },
            { "involvedObject", new MapValue { { "apiVersion", "v1" }, { "kind", "Service" }, { "namespace", space }, { "name", name }, { "uid", uid } } },
            { "type", "Warning" },
            { "reason", "SCTPNotSupported" },
            { "message", $"The kernel of node {identity.Name} has no SCTP: connections are led to endpoints, but pods of this node cannot have SCTP sockets" },
            { "source", new MapValue { { "component", "kube-proxy" }, { "host", identity.Name } } },
            { "reportingComponent", "kube-proxy" },
            { "reportingInstance", identity.Name },
            { "firstTimestamp", at },
            { "lastTimestamp", at },
            { "count", 1L },
        };
    }

    [LoggerMessage(17202, LogLevel.Debug, "An event was not written: {Problem}")]
    private partial void LogUntold(string problem);
}
