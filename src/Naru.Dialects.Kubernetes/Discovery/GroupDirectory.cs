using System.Collections.Immutable;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Discovery;

/// <summary>The groups and versions that are served now, this server's own and those of others.</summary>
internal sealed class GroupDirectory(IResourceCatalogue catalogue, IEnumerable<IRemoteGroups> remotes)
{
    private readonly IRemoteGroups[] _remotes = [.. remotes];

    /// <summary>Differs when anything of the directory may differ.</summary>
    public (long Own, long Remote) Generation => (catalogue.Generation, _remotes.Sum(static one => one.Generation));

    /// <summary>All groups in order, the core group (empty name) first.</summary>
    public ImmutableArray<GroupEntry> Read()
    {
        var groups = new Dictionary<string, List<VersionEntry>>(StringComparer.Ordinal);
        var order = new List<string>();
        foreach (var version in catalogue.All.GroupBy(static one => (one.Resource.Group, one.Resource.Version)))
        {
            Place(version.Key.Group).Add(new VersionEntry(version.Key.Version, [.. version], [], IsCurrent: true));
        }

        foreach (var remote in _remotes.SelectMany(static one => one.All))
        {
            var versions = Place(remote.Group);
            if (!versions.Exists(one => one.Version == remote.Version))
            {
                versions.Add(new VersionEntry(remote.Version, [], remote.Resources, remote.IsCurrent));
            }
        }

        return [.. order.Select(name => new GroupEntry(name, [.. groups[name]]))];

        List<VersionEntry> Place(string group)
        {
            if (!groups.TryGetValue(group, out var versions))
            {
                groups[group] = versions = [];
                order.Add(group);
            }

            return versions;
        }
    }
}

/// <summary>A group with its versions, the preferred one first.</summary>
internal sealed record GroupEntry(string Name, ImmutableArray<VersionEntry> Versions);

/// <summary>A version of a group: resources of this server, or of another as told by it.</summary>
internal sealed record VersionEntry(string Version, ImmutableArray<ResourceInfo> Own, ImmutableArray<MapValue> Remote, bool IsCurrent);
