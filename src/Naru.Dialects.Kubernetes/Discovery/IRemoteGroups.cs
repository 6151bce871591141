using System.Collections.Immutable;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Discovery;

/// <summary>Groups that other servers have and this one passes on.</summary>
internal interface IRemoteGroups
{
    /// <summary>The group versions as they were last read, in order of preference within each group.</summary>
    ImmutableArray<RemoteGroupVersion> All { get; }

    /// <summary>Raised by one with every change of <see cref="All"/>.</summary>
    long Generation { get; }
}

/// <summary>A version of a group of another server.</summary>
/// <param name="Group">Group.</param>
/// <param name="Version">Version.</param>
/// <param name="Resources">Its resources in the form of aggregated discovery.</param>
/// <param name="IsCurrent">The server answered when it was last asked.</param>
internal sealed record RemoteGroupVersion(string Group, string Version, ImmutableArray<MapValue> Resources, bool IsCurrent);
