using Naru.Objects.Resources;

namespace Naru.Cluster.Caching;

/// <summary>Where objects lie in the store: <c>/registry/GROUP/RESOURCE/NAMESPACE/NAME</c>, without the namespace for objects outside namespaces. The core group is <c>core</c>.</summary>
internal static class StorageKeys
{
    public const string Prefix = "/registry/";

    /// <summary>The key of an object.</summary>
    public static string Of(GroupResource resource, string @namespace, string name) =>
        @namespace.Length == 0 ? $"{Prefix}{Path(resource)}/{name}" : $"{Prefix}{Path(resource)}/{@namespace}/{name}";

    /// <summary>The part of the key that says what the object is one of: <c>core/pods</c>.</summary>
    public static string Path(GroupResource resource) => $"{(resource.Group.Length == 0 ? "core" : resource.Group)}/{resource.Resource}";

    /// <summary>Back from <see cref="Path"/>.</summary>
    public static GroupResource ResourceOf(string path)
    {
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        var group = path[..slash];
        return new GroupResource(group == "core" ? "" : group, path[(slash + 1)..]);
    }

    /// <summary>Takes a key apart; false if it is not an object's.</summary>
    public static bool TrySplit(ReadOnlySpan<char> key, out ReadOnlySpan<char> path, out ReadOnlySpan<char> @namespace, out ReadOnlySpan<char> name)
    {
        path = @namespace = name = default;
        if (!key.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        var rest = key[Prefix.Length..];
        var first = rest.IndexOf('/');
        var second = first < 0 ? -1 : rest[(first + 1)..].IndexOf('/');
        if (second < 0)
        {
            return false;
        }

        second += first + 1;
        path = rest[..second];
        rest = rest[(second + 1)..];
        var third = rest.IndexOf('/');
        @namespace = third < 0 ? default : rest[..third];
        name = rest[(third + 1)..];
        return name.Length > 0;
    }
}
