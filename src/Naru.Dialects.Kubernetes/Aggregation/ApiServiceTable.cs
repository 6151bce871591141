using System.Collections.Immutable;

namespace Naru.Dialects.Kubernetes.Aggregation;

/// <summary>The APIServices of other servers, as they are now; swapped whole.</summary>
internal sealed class ApiServiceTable
{
    private ImmutableArray<ApiService> _remote = [];

    /// <summary>Those of other servers, most important first.</summary>
    public ImmutableArray<ApiService> Remote => _remote;

    /// <summary>Takes over what the cluster says.</summary>
    public void Set(IEnumerable<ApiService> all) => ImmutableInterlocked.InterlockedExchange(
        ref _remote,
        [.. all.Where(static one => !one.IsLocal).OrderByDescending(static one => one.GroupPriority).ThenBy(static one => one.Group, StringComparer.Ordinal).ThenByDescending(static one => one.VersionPriority)]);

    /// <summary>The server of a group's version; null if it is none of another server's.</summary>
    public ApiService? Find(string group, string version) => _remote.FirstOrDefault(one => one.Group == group && one.Version == version);
}
