using System.Collections.Immutable;

namespace Naru.Access.Authentication;

/// <summary>The groups that come with having been recognised.</summary>
internal static class Groups
{
    public const string Everybody = "system:authenticated";

    /// <summary>These groups, and that of all who are known.</summary>
    public static ImmutableArray<string> Authenticated(IEnumerable<string> groups)
    {
        var all = groups.ToList();
        if (!all.Contains(Everybody))
        {
            all.Add(Everybody);
        }

        return [.. all];
    }
}
