using System.Collections.Concurrent;
using Naru.Objects.Api;

namespace Naru.Cluster.Watching;

/// <summary>A change in the chain of those that a group of watches sees. Each watch stands at a link and walks on; what all have passed is collected by itself.</summary>
internal sealed class ChangeLink(ObjectChange? change, long sequence)
{
    private ChangeLink? _next;
    private ConcurrentDictionary<string, ApiChange>? _forms;

    /// <summary>The change; null only at the head of a chain.</summary>
    public ObjectChange? Change { get; } = change;

    /// <summary>Place in the chain.</summary>
    public long Sequence { get; } = sequence;

    /// <summary>The link after it, once there is one.</summary>
    public ChangeLink? Next
    {
        get => Volatile.Read(ref _next);
        set => Volatile.Write(ref _next, value);
    }

    /// <summary>The change at a version, if some watch has made it already.</summary>
    public ApiChange? Known(string version) => Volatile.Read(ref _forms)?.GetValueOrDefault(version);

    /// <summary>Keeps the change at a version for the other watches.</summary>
    public ApiChange Keep(string version, ApiChange made) => LazyInitializer.EnsureInitialized(ref _forms, static () => new(1, 1, StringComparer.Ordinal)).GetOrAdd(version, made);
}
