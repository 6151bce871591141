using Naru.Core.Containers;

namespace Naru.Containers.Lifecycle;

/// <summary>Images that are mounted into containers beside their own: each is a root of its own that nobody writes to.</summary>
internal sealed class ImageMounts(EnginePorts ports)
{
    /// <summary>Keys of a container's image mounts in the snapshot store.</summary>
    public static IEnumerable<string> KeysOf(Container container) => Of(container).Select(static pair => pair.Key);

    /// <summary>Makes the roots; called when the container is created.</summary>
    public async Task PrepareAsync(Container container, CancellationToken cancellationToken)
    {
        foreach (var (mount, key) in Of(container))
        {
            await ports.Snapshots.PrepareAsync(key, ports.Images.Get(mount.Source).Layers, null, container.Spec.Isolation.Users, cancellationToken);
        }
    }

    /// <summary>Mounts them; the result has their places on the host, by target.</summary>
    public async Task<Dictionary<string, string>> MountAsync(Container container, CancellationToken cancellationToken)
    {
        var places = new Dictionary<string, string>();
        foreach (var (mount, key) in Of(container))
        {
            places[mount.Target] = await ports.Snapshots.MountAsync(key, cancellationToken);
        }

        return places;
    }

    /// <summary>Counts the mounts of a container that was taken over.</summary>
    public async Task AdoptAsync(Container container, CancellationToken cancellationToken)
    {
        foreach (var key in KeysOf(container))
        {
            await ports.Snapshots.AdoptAsync(key, cancellationToken);
        }
    }

    public async Task UnmountAsync(Container container, CancellationToken cancellationToken)
    {
        foreach (var key in KeysOf(container))
        {
            await ports.Snapshots.UnmountAsync(key, cancellationToken);
        }
    }

    public async Task RemoveAsync(Container container, CancellationToken cancellationToken)
    {
        foreach (var key in KeysOf(container))
        {
            await ports.Snapshots.RemoveAsync(key, cancellationToken);
        }
    }

    private static IEnumerable<(MountPoint Mount, string Key)> Of(Container container) => container.Mounts
        .Select((mount, index) => (mount, $"{container.Id.Value}-image-{index}"))
        .Where(static pair => pair.mount.Kind == MountKind.Image);
}
