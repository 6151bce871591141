using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Naru.Agent.Nodes;
using Naru.Agent.Pods;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Agent.Events;

/// <summary>Tells what happens to pods, for people. Equal events are counted up; what does not fit into the queue is left out.</summary>
internal sealed partial class PodEvents(IObjects objects, NodeIdentity identity, TimeProvider time, ILogger<PodEvents> logger)
{
    private const int MostRemembered = 4096;
    private static readonly WriteOptions Write = new() { FieldManager = "kubelet" };
    private readonly Channel<PodEvent> _waiting = Channel.CreateBounded<PodEvent>(new BoundedChannelOptions(4096) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly ConcurrentDictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly EventFlood _flood = new(time);
    private int _number;

    public void Pod(PodView pod, bool isWarning, string reason, string message) => _waiting.Writer.TryWrite(new(pod, "", isWarning, reason, message, time.GetUtcNow()));

    /// <summary>Something about this node itself.</summary>
    public void Node(bool isWarning, string reason, string message) => _waiting.Writer.TryWrite(new(null, "", isWarning, reason, message, time.GetUtcNow()));

    public void Container(PodView pod, PodMember member, bool isWarning, string reason, string message)
    {
        var list = member.Kind switch { MemberKind.Main => "containers", MemberKind.Ephemeral => "ephemeralContainers", _ => "initContainers" };
        _waiting.Writer.TryWrite(new(pod, $"spec.{list}{{{member.Name}}}", isWarning, reason, message, time.GetUtcNow()));
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var one in _waiting.Reader.ReadAllAsync(cancellationToken))
        {
            try
            {
                await WriteAsync(one, cancellationToken);
            }
            catch (NaruException failure)
            {
                LogLost(failure.Message);
            }
        }
    }

    private async Task WriteAsync(PodEvent one, CancellationToken cancellationToken)
    {
        var space = one.Pod?.Namespace ?? "default";
        if (!_flood.Admits($"{one.Pod?.Uid}"))
        {
            return;
        }

        var (key, message) = _flood.Word(string.Join('|', one.Pod?.Uid, one.Field, one.IsWarning, one.Reason), one.Message);
        if (_names.TryGetValue(key, out var name) && objects.Get(AgentResources.Events, space, name) is not null)
        {
            await objects.ChangeAsync(AgentResources.Events, space, name, there => CountUp(there, one.At, message), Write, cancellationToken);
            return;
        }

        if (_names.Count > MostRemembered)
        {
            _names.Clear();
        }

        var body = BodyOf(one with { Message = message });
        await objects.CreateAsync(AgentResources.Events, body, Write, cancellationToken);
        _names[key] = body.Text("metadata", "name")!;
    }

    private static bool CountUp(MapValue there, DateTimeOffset at, string message)
    {
        there["message"] = new TextValue(Short(message));
        there["count"] = IntegerValue.Of((there.Integer("count") ?? 1) + 1);
        there["lastTimestamp"] = new TextValue(AgentTime.Format(at));
        return true;
    }

    private MapValue BodyOf(PodEvent one)
    {
        var at = AgentTime.Format(one.At);
        var about = one.Pod is { } pod
            ? new MapValue { { "apiVersion", "v1" }, { "kind", "Pod" }, { "namespace", pod.Namespace }, { "name", pod.Name }, { "uid", pod.Tree.Text("metadata", "annotations", Static.StaticPodFile.MirrorAnnotation) is null ? pod.Uid : MirrorUid(pod) } }
            : new MapValue { { "kind", "Node" }, { "name", identity.Name }, { "uid", identity.Name } };
        if (one.Pod?.Tree.Text("metadata", "resourceVersion") is { } version)
        {
            about["resourceVersion"] = new TextValue(version);
        }

        if (one.Field.Length > 0)
        {
            about["fieldPath"] = new TextValue(one.Field);
        }

        var name = string.Create(CultureInfo.InvariantCulture, $"{one.Pod?.Name ?? identity.Name}.{one.At.UtcTicks + Interlocked.Increment(ref _number):x16}");
        return new()
        {
            { "apiVersion", "v1" },
            { "kind", "Event" },
            { "metadata", new MapValue { { "name", name }, { "namespace", one.Pod?.Namespace ?? "default" } } },
            { "involvedObject", about },
            { "type", one.IsWarning ? "Warning" : "Normal" },
            { "reason", one.Reason },
            { "message", Short(one.Message) },
            { "source", new MapValue { { "component", "kubelet" }, { "host", identity.Name } } },
            { "reportingComponent", "kubelet" },
            { "reportingInstance", identity.Name },
            { "firstTimestamp", at },
            { "lastTimestamp", at },
            { "count", 1L },
        };
    }

    private static string Short(string message) => message.Length > 1024 ? message[..1024] : message;

    // People look at what the cluster shows them of a static pod.
    private string MirrorUid(PodView pod) => objects.Get(AgentResources.Pods, pod.Namespace, pod.Name)?.Uid ?? pod.Uid;

    private sealed record PodEvent(PodView? Pod, string Field, bool IsWarning, string Reason, string Message, DateTimeOffset At);

    [LoggerMessage(17010, LogLevel.Debug, "An event was not written: {Problem}")]
    private partial void LogLost(string problem);
}
