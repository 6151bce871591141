using Naru.Objects.Api;

namespace Naru.Cluster.Caching;

/// <summary>One change of one object, shared by everybody who hears of it.</summary>
internal sealed class CacheChange(CachedObject? current, CachedObject? previous, long revision, long tick)
{
    private CachedObject? _lastState;

    /// <summary>The object after the change; null if it is gone.</summary>
    public CachedObject? Current { get; } = current;

    /// <summary>The object before the change; null if there was none.</summary>
    public CachedObject? Previous { get; } = previous;

    /// <summary>When, by the store.</summary>
    public long Revision { get; } = revision;

    /// <summary>When, by the clock, in milliseconds.</summary>
    public long Tick { get; } = tick;

    /// <summary>The state before the change at the change's own revision: what those see for whom the object goes.</summary>
    public CachedObject LastState => _lastState ??= Previous!.AtRevision(Revision);

    /// <summary>Bytes that a kept change holds on to.</summary>
    public int Size => (Previous?.Size ?? 0) + 256;

    /// <summary>Any of the two.</summary>
    public CachedObject Either => Current ?? Previous!;

    /// <summary>The change as those see it who see every object.</summary>
    public ObjectChange ToObjectChange() => (Current, Previous) switch
    {
        (null, _) => new ObjectChange(ChangeKind.Deleted, LastState, Previous, Revision),
        (_, null) => new ObjectChange(ChangeKind.Added, Current, null, Revision),
        _ => new ObjectChange(ChangeKind.Modified, Current, Previous, Revision),
    };
}
