using Naru.Core.Containers;
using Naru.Core.Images;

namespace Naru.Images.Snapshots;

/// <summary>A writable root. Its gate is held while it is mounted, unmounted or removed.</summary>
internal sealed class Snapshot(string key, LayerChain chain, UserMapping? users, string directory, IDisposable hold) : IDisposable
{
    internal const string RecordName = "snapshot.json";

    internal string Key { get; } = key;

    internal LayerChain Chain { get; } = chain;

    /// <summary>Whose files they are; null: the host's.</summary>
    internal UserMapping? Users { get; } = users;

    internal string Directory { get; } = directory;

    internal string Upper => Path.Combine(Directory, "upper");

    internal string Work => Path.Combine(Directory, "work");

    internal string Mounted => Path.Combine(Directory, "merged");

    internal SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>Mounts that callers asked for and have not undone.</summary>
    internal int Mounts { get; set; }

    internal bool IsRemoved { get; set; }

    /// <summary>Lets the layers below go.</summary>
    public void Dispose() => hold.Dispose();
}
