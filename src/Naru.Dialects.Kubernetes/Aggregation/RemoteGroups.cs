using System.Collections.Immutable;
using Naru.Dialects.Kubernetes.Discovery;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Aggregation;

/// <summary>What other servers said about their resources when they were last asked.</summary>
internal sealed class RemoteGroups : IRemoteGroups
{
    private long _generation;
    private ImmutableArray<RemoteGroupVersion> _all = [];

    public ImmutableArray<RemoteGroupVersion> All => _all;

    public long Generation => Interlocked.Read(ref _generation);

    /// <summary>Takes over a new answer; nothing happens if it says the same.</summary>
    public void Set(ImmutableArray<RemoteGroupVersion> all)
    {
        if (all.Length == _all.Length && all.Zip(_all).All(static pair => IsSame(pair.First, pair.Second)))
        {
            return;
        }

        ImmutableInterlocked.InterlockedExchange(ref _all, all);
        Interlocked.Increment(ref _generation);
    }

    /// <summary>The resources of a version's plain document in the form of aggregated discovery.</summary>
    public static ImmutableArray<MapValue> ResourcesOf(MapValue document, string group, string version)
    {
        var made = new List<MapValue>();
        foreach (var resource in document.Maps("resources"))
        {
            var name = (resource.Text("name") ?? "").Split('/', 2);
            var entry = new MapValue
            {
                [name.Length == 1 ? "resource" : "subresource"] = name[^1],
                ["responseKind"] = new MapValue
                {
                    ["group"] = resource.Text("group") ?? group,
                    ["version"] = resource.Text("version") ?? version,
                    ["kind"] = resource.Text("kind") ?? "",
                },
            };
            if (name.Length == 2)
            {
                entry["verbs"] = resource["verbs"] ?? new ListValue();
                made.Find(one => one.Text("resource") == name[0])?.MakeList("subresources").Add(entry);
                continue;
            }

            entry["scope"] = resource.Boolean("namespaced") == true ? "Namespaced" : "Cluster";
            entry["singularResource"] = resource.Text("singularName") ?? "";
            entry["verbs"] = resource["verbs"] ?? new ListValue();
            foreach (var field in (ReadOnlySpan<string>)["shortNames", "categories"])
            {
                if (resource[field] is { } value)
                {
                    entry[field] = value;
                }
            }

            made.Add(entry);
        }

        return [.. made];
    }

    private static bool IsSame(RemoteGroupVersion one, RemoteGroupVersion other) =>
        (one.Group, one.Version, one.IsCurrent, one.Resources.Length) == (other.Group, other.Version, other.IsCurrent, other.Resources.Length)
        && one.Resources.Zip(other.Resources).All(static pair => pair.First.DeepEquals(pair.Second));
}
