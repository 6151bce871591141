using System.Collections.Immutable;
using Naru.Objects.Resources;

namespace Naru.Kinds.Resources;

/// <summary>Reads <see cref="ResourceTable"/>.</summary>
internal static class ResourceTableReader
{
    private static readonly ImmutableArray<string> OrdinaryVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    /// <summary>All resources in the table's order.</summary>
    public static ImmutableArray<ResourceInfo> Read(string text)
    {
        var resources = ImmutableArray.CreateBuilder<ResourceInfo>();
        var home = new GroupVersionKind("", "v1", "");
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
            {
                continue;
            }

            if (words[0] == "#")
            {
                home = GroupVersionKind.Parse(words[1], "");
            }
            else if (words[0][0] == '/')
            {
                resources[^1] = resources[^1] with { Subresources = resources[^1].Subresources.Add(Subresource(words, home)) };
            }
            else
            {
                resources.Add(Resource(words, home));
            }
        }

        return resources.ToImmutable();
    }

    private static ResourceInfo Resource(string[] words, GroupVersionKind home) => new()
    {
        Resource = new(home.Group, home.Version, words[0]),
        Kind = words[1],
        Singular = words[2],
        Namespaced = words[3] == "N",
        Verbs = words[4] == "*" ? OrdinaryVerbs : [.. words[4].Split(',')],
        ShortNames = Names(words[5]),
        Categories = Names(words[6]),
        StorageVersion = home.Group == "autoscaling" ? "v2" : home.Version,
        StorageGroup = home.Group == "events.k8s.io" ? "" : null,
        Deprecation = words[1] switch
        {
            "ComponentStatus" => "v1 ComponentStatus is deprecated in v1.19+",
            "Endpoints" => "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
            _ => "",
        },
    };

    private static SubresourceInfo Subresource(string[] words, GroupVersionKind home) =>
        new(words[0][1..], words[1] == "." ? home with { Kind = words[2] } : GroupVersionKind.Parse(words[1], words[2]), [.. words[3].Split(',')]);

    private static ImmutableArray<string> Names(string word) => word == "-" ? [] : [.. word.Split(',')];
}
