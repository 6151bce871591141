using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Values;
using Naru.Scheduling.Facts;

namespace Naru.Scheduling.Running;

/// <summary>Events on pods. They are for people: when there are more than can be read they are left out, and writing them never holds a decision up.</summary>
internal sealed partial class EventWriter(IObjects objects, SchedulingOptions options, TimeProvider time, ILogger<EventWriter> logger)
{
    private readonly Channel<MapValue> _events = Channel.CreateBounded<MapValue>(new BoundedChannelOptions(1024) { FullMode = BoundedChannelFullMode.DropWrite });
    private long _second;
    private int _inSecond;
    private int _number;

    public void Add(PodFacts pod, string type, string reason, string action, string message)
    {
        var now = time.GetUtcNow();
        if (now.ToUnixTimeSeconds() != _second)
        {
            (_second, _inSecond) = (now.ToUnixTimeSeconds(), 0);
        }

        if (_inSecond++ >= options.EventsPerSecond)
        {
            return;
        }

        var component = pod.Scheduler.Length == 0 ? "default-scheduler" : pod.Scheduler;
        var at = now.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        _events.Writer.TryWrite(new()
        {
            { "apiVersion", "v1" },
            { "kind", "Event" },
            { "metadata", new MapValue { { "name", string.Create(CultureInfo.InvariantCulture, $"{pod.Name}.{now.UtcTicks + Interlocked.Increment(ref _number):x16}") }, { "namespace", pod.Namespace } } },
            { "involvedObject", new MapValue { { "kind", "Pod" }, { "namespace", pod.Namespace }, { "name", pod.Name }, { "uid", pod.Uid }, { "apiVersion", "v1" } } },
            { "type", type },
            { "reason", reason },
            { "action", action },
            { "message", message.Length > 1024 ? message[..1024] : message },
            { "source", new MapValue { { "component", component } } },
            { "reportingComponent", component },
            { "reportingInstance", component },
            { "firstTimestamp", at },
            { "lastTimestamp", at },
            { "count", 1L },
        });
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var one in _events.Reader.ReadAllAsync(cancellationToken))
        {
            try
            {
                await objects.CreateAsync(Kinds.Events, one, new() { FieldManager = "kube-scheduler" }, cancellationToken);
            }
            catch (NaruException failure)
            {
                LogLost(failure.Message);
            }
        }
    }

    [LoggerMessage(14000, LogLevel.Debug, "An event was not written: {Problem}")]
    private partial void LogLost(string problem);
}
