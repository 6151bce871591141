using Naru.Builds.Copying;
using Naru.Core.Builds;

namespace Naru.Builds.Results;

/// <summary>The files of a result, mounted while this lives.</summary>
internal sealed class BuildTree(SnapshotTree tree) : IBuildTree
{
    public IEnumerable<ContextEntry> Walk() => WalkIn("");

    public IReadOnlyList<ContextEntry> List(string path)
    {
        var directory = tree.Root.Resolve(path).TrimStart('/');
        return [.. Names(directory).Select(n => Entry(Join(directory, n)))];
    }

    public ContextEntry? Stat(string path) =>
        tree.Root.TryStat(path) is null ? null : Entry(tree.Root.Resolve(path).TrimStart('/'));

    public Stream OpenRead(string path) => tree.Root.OpenRead(path);

    public ValueTask DisposeAsync() => tree.DisposeAsync();

    private IEnumerable<ContextEntry> WalkIn(string directory)
    {
        foreach (var name in Names(directory))
        {
            var entry = Entry(Join(directory, name));
            yield return entry;
            if (entry.IsDirectory)
            {
                foreach (var below in WalkIn(entry.Path))
                {
                    yield return below;
                }
            }
        }
    }

    private IEnumerable<string> Names(string directory) => tree.Root.List(directory).Select(e => e.Name).Order(StringComparer.Ordinal);

    private ContextEntry Entry(string path)
    {
        var status = tree.Root.Stat(path, follow: false);
        return new ContextEntry
        {
            Path = path,
            Mode = status.Mode,
            User = status.User,
            Group = status.Group,
            Size = status.IsRegular ? status.Size : 0,
            ModifiedNanoseconds = (status.Modified.Seconds * 1_000_000_000) + status.Modified.Nanoseconds,
            LinkTarget = status.IsSymlink ? tree.Root.ReadLink(path) : "",
            DeviceMajor = status.Device.Major,
            DeviceMinor = status.Device.Minor,
        };
    }

    private static string Join(string directory, string name) => directory.Length == 0 ? name : $"{directory}/{name}";
}
