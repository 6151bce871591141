using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Discovery;

/// <summary>Groups, and resources of one version, in documents of their own.</summary>
internal static class PlainDiscovery
{
    /// <summary><c>/api</c>.</summary>
    public static MapValue Versions(string serverAddress) => new()
    {
        ["kind"] = "APIVersions",
        ["versions"] = new ListValue(["v1"]),
        ["serverAddressByClientCIDRs"] = new ListValue([new MapValue { ["clientCIDR"] = "0.0.0.0/0", ["serverAddress"] = serverAddress }]),
    };

    /// <summary><c>/apis</c>.</summary>
    public static MapValue Groups(IEnumerable<GroupEntry> groups) => new()
    {
        ["kind"] = "APIGroupList",
        ["apiVersion"] = "v1",
        ["groups"] = new ListValue(groups.Select(static one => Fill(new MapValue(), one))),
    };

    /// <summary><c>/apis/GROUP</c>.</summary>
    public static MapValue Group(GroupEntry group) => Fill(new MapValue { ["kind"] = "APIGroup", ["apiVersion"] = "v1" }, group);

    /// <summary><c>/api/v1</c> and <c>/apis/GROUP/VERSION</c>.</summary>
    public static MapValue Resources(string group, VersionEntry version)
    {
        var apiVersion = group.Length == 0 ? version.Version : $"{group}/{version.Version}";
        var list = new ListValue();
        foreach (var resource in version.Own)
        {
            AddOwn(list, resource);
        }

        foreach (var resource in version.Remote)
        {
            AddRemote(list, resource, group, version.Version);
        }

        return new MapValue { ["kind"] = "APIResourceList", ["apiVersion"] = "v1", ["groupVersion"] = apiVersion, ["resources"] = list };
    }

    /// <summary>Says which form objects are stored in, without telling it.</summary>
    public static string StorageHash(ResourceInfo resource) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes($"{resource.Resource.Group}/{resource.StorageVersion}/{resource.Kind}")).AsSpan(0, 8));

    private static MapValue Fill(MapValue map, GroupEntry group)
    {
        map["name"] = group.Name;
        map["versions"] = new ListValue(group.Versions.Select(one => VersionOf(group.Name, one.Version)));
        map["preferredVersion"] = VersionOf(group.Name, group.Versions[0].Version);
        return map;
    }

    private static MapValue VersionOf(string group, string version) => new() { ["groupVersion"] = $"{group}/{version}", ["version"] = version };

    private static void AddOwn(ListValue list, ResourceInfo resource)
    {
        var own = Entry(resource.Resource.Resource, resource.Singular, resource.Namespaced, resource.GroupVersionKind, resource.Verbs, resource);
        if (!resource.ShortNames.IsDefaultOrEmpty)
        {
            own["shortNames"] = AggregatedDiscovery.Texts(resource.ShortNames);
        }

        if (!resource.Categories.IsDefaultOrEmpty)
        {
            own["categories"] = AggregatedDiscovery.Texts(resource.Categories);
        }

        if (resource.Verbs.Contains("list"))
        {
            own["storageVersionHash"] = StorageHash(resource);
        }

        list.Add(own);
        foreach (var part in resource.Subresources)
        {
            list.Add(Entry($"{resource.Resource.Resource}/{part.Name}", "", resource.Namespaced, part.Kind, part.Verbs, resource));
        }
    }

    private static MapValue Entry(string name, string singular, bool namespaced, GroupVersionKind kind, ImmutableArray<string> verbs, ResourceInfo resource)
    {
        var map = new MapValue { ["name"] = name, ["singularName"] = singular, ["namespaced"] = namespaced };
        if (kind.Group != resource.Resource.Group || kind.Version != resource.Resource.Version)
        {
            map["group"] = kind.Group;
            map["version"] = kind.Version;
        }

        map["kind"] = kind.Kind;
        map["verbs"] = AggregatedDiscovery.Texts(verbs);
        return map;
    }

    private static void AddRemote(ListValue list, MapValue resource, string group, string version)
    {
        var namespaced = resource.Text("scope") == "Namespaced";
        list.Add(RemoteEntry(resource, resource.Text("resource") ?? "", resource.Text("singularResource") ?? "", namespaced, group, version));
        foreach (var part in resource.Maps("subresources"))
        {
            list.Add(RemoteEntry(part, $"{resource.Text("resource")}/{part.Text("subresource")}", "", namespaced, group, version));
        }
    }

    private static MapValue RemoteEntry(MapValue from, string name, string singular, bool namespaced, string group, string version)
    {
        var map = new MapValue { ["name"] = name, ["singularName"] = singular, ["namespaced"] = namespaced };
        if (from.Map("responseKind") is { } kind && (kind.Text("group") != group || kind.Text("version") != version))
        {
            map["group"] = kind.Text("group") ?? "";
            map["version"] = kind.Text("version") ?? "";
        }

        map["kind"] = from.Text("responseKind", "kind") ?? "";
        map["verbs"] = from["verbs"] ?? new ListValue();
        foreach (var field in (ReadOnlySpan<string>)["shortNames", "categories"])
        {
            if (from[field] is { } value)
            {
                map[field] = value;
            }
        }

        return map;
    }
}
