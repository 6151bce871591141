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

    /// <summary>The change at a version, made once for all watches.</summary>
    public ApiChange At(string version, Func<ObjectChange, ApiChange> make)
    {
        var forms = LazyInitializer.EnsureInitialized(ref _forms, static () => new(StringComparer.Ordinal));
        return forms.TryGetValue(version, out var known) ? known : forms.GetOrAdd(version, make(Change!));
    }
}
