using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Controllers.Runtime;

/// <summary>What happened to an object, for people.</summary>
/// <param name="About">Reference to the object: apiVersion, kind, namespace, name, uid, resourceVersion.</param>
/// <param name="IsWarning">Warning or Normal.</param>
/// <param name="Reason">One word.</param>
/// <param name="Message">A sentence.</param>
/// <param name="Component">Who says so: <c>deployment-controller</c>.</param>
public sealed record ObjectEvent(MapValue About, bool IsWarning, string Reason, string Message, string Component);

/// <summary>Records what happens to objects as Events, in the background. Equal events are counted up, many similar ones are combined, and an object that has too many to
/// tell is heard less, as with Kubernetes' recorder. Never waits; drops the oldest when the core does not keep up.</summary>
public sealed partial class EventRecorder
{
    private static readonly GroupResource Events = new("", "events");
    private readonly Channel<ObjectEvent> _waiting = Channel.CreateBounded<ObjectEvent>(new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly Lock _lock = new();
    private readonly IObjects _objects;
    private readonly TimeProvider _time;
    private readonly ILogger<EventRecorder> _logger;
    private readonly EventCorrelator _correlator;
    private Task _writing = Task.CompletedTask;
    private bool _isWriting;

    /// <summary>A recorder that writes to the core.</summary>
    public EventRecorder(IObjects objects, TimeProvider time, ILogger<EventRecorder> logger)
    {
        _objects = objects;
        _time = time;
        _logger = logger;
        _correlator = new EventCorrelator(time);
    }

    /// <summary>Records an event about an object.</summary>
    public void Record(StoredObject about, bool isWarning, string reason, string message, string component) => Record(new(ReferenceTo(about), isWarning, reason, message, component));

    /// <summary>Records an event.</summary>
    public void Record(ObjectEvent happened)
    {
        _waiting.Writer.TryWrite(happened);
        lock (_lock)
        {
            if (!_isWriting)
            {
                _isWriting = true;
                _writing = Task.Run(WriteAllAsync);
            }
        }
    }

    /// <summary>Waits until everything recorded so far is written or given up.</summary>
    public Task FlushAsync()
    {
        lock (_lock)
        {
            return _writing;
        }
    }

    /// <summary>A reference to an object.</summary>
    public static MapValue ReferenceTo(StoredObject about)
    {
        var reference = new MapValue(6) { ["apiVersion"] = about.Tree.Text("apiVersion") ?? "", ["kind"] = about.Tree.Text("kind") ?? "" };
        if (about.Namespace.Length > 0)
        {
            reference["namespace"] = about.Namespace;
        }

        reference["name"] = about.Name;
        reference["uid"] = about.Uid;
        reference["resourceVersion"] = about.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return reference;
    }

    private async Task WriteAllAsync()
    {
        while (true)
        {
            while (_waiting.Reader.TryRead(out var happened))
            {
                if (_correlator.Correlate(happened) is { } entry)
                {
                    await WriteAsync(entry);
                }
            }

            lock (_lock)
            {
                if (_waiting.Reader.Count == 0)
                {
                    _isWriting = false;
                    return;
                }
            }
        }
    }

    private async Task WriteAsync(EventEntry entry)
    {
        try
        {
            if (entry.Count > 1 && entry.Name is not null && await TryCountUpAsync(entry))
            {
                return;
            }

            var body = ToBody(entry);
            entry.Name = body.Text("metadata", "name");
            await _objects.CreateAsync(Events, body, new WriteOptions { FieldManager = entry.Event.Component }, CancellationToken.None);
        }
        catch (NaruException failure)
        {
            // An event is told once and not repeated: namespaces that end, or a core that does not answer, must not hold anything up.
            LogLost(entry.Event.Reason, entry.Event.About.Text("name") ?? "", failure.Message);
        }
    }

    private async Task<bool> TryCountUpAsync(EventEntry entry)
    {
        try
        {
            await _objects.ChangeAsync(Events, NamespaceOf(entry.Event), entry.Name!, body => CountUp(body, entry), new WriteOptions { FieldManager = entry.Event.Component }, CancellationToken.None);
            return true;
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.NotFound)
        {
            // It expired meanwhile: tell it anew.
            return false;
        }
    }

    private bool CountUp(MapValue body, EventEntry entry)
    {
        body["count"] = entry.Count;
        body["message"] = entry.Message;
        body["lastTimestamp"] = KubernetesTime.Format(_time.GetUtcNow());
        return true;
    }

    private MapValue ToBody(EventEntry entry)
    {
        var now = _time.GetUtcNow();
        var stamp = KubernetesTime.Format(now);
        var about = entry.Event.About;
        return new MapValue(14)
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Event",
            ["metadata"] = new MapValue(2)
            {
                ["name"] = $"{about.Text("name")}.{now.UtcTicks:x}{Interlocked.Increment(ref s_sequence) & 0xff:x2}",
                ["namespace"] = NamespaceOf(entry.Event),
            },
            ["involvedObject"] = about,
            ["reason"] = entry.Event.Reason,
            ["message"] = entry.Message,
            ["source"] = new MapValue(1) { ["component"] = entry.Event.Component },
            ["firstTimestamp"] = KubernetesTime.Format(entry.First),
            ["lastTimestamp"] = stamp,
            ["count"] = entry.Count,
            ["type"] = entry.Event.IsWarning ? "Warning" : "Normal",
            ["eventTime"] = NullValue.Instance,
            ["reportingComponent"] = entry.Event.Component,
            ["reportingInstance"] = "",
        };
    }

    private static int s_sequence;

    private static string NamespaceOf(ObjectEvent happened) => happened.About.Text("namespace") is { Length: > 0 } name ? name : "default";

    [LoggerMessage(12020, LogLevel.Debug, "the event {Reason} about {Name} is lost: {Why}")]
    private partial void LogLost(string reason, string name, string why);
}
