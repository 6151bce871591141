using Naru.Linux.Files;

namespace Naru.Containers.Files;

/// <summary>A container's whole file tree, mounts included, for as long as it is held.</summary>
/// <param name="root">Its root.</param>
/// <param name="release">Undoes what was mounted for it.</param>
internal sealed class ContainerView(RootedDirectory root, Func<Task> release) : IAsyncDisposable
{
    internal RootedDirectory Root { get; } = root;

    /// <summary>Absolute paths below which the kernel makes files up (proc, sysfs and the like): never copied along with what is above them.</summary>
    internal IReadOnlySet<string> Unreal { get; init; } = new HashSet<string>();

    public async ValueTask DisposeAsync()
    {
        Root.Dispose();
        await release();
    }
}
