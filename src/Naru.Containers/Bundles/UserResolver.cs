using System.Globalization;
using Naru.Core.Errors;
using Naru.Linux.Files;

namespace Naru.Containers.Bundles;

/// <summary>Resolves <c>user[:group]</c> by the container's own /etc/passwd and /etc/group (passwd(5), group(5)).</summary>
internal static class UserResolver
{
    private const long Highest = int.MaxValue;
    private const int LongestFile = 16 << 20;

    /// <summary>Who <paramref name="user"/> is inside <paramref name="root"/>.</summary>
    /// <param name="root">The container's root.</param>
    /// <param name="user">The words.</param>
    /// <param name="furtherGroups">Groups beside those that /etc/group gives.</param>
    /// <param name="withoutImageGroups">What /etc/group gives is left out.</param>
    /// <exception cref="NaruException"><see cref="ErrorKind.InvalidArgument"/>: unknown, or a number outside 0 to 2147483647.</exception>
    public static ContainerUser Resolve(RootedDirectory root, string user, IEnumerable<string> furtherGroups, bool withoutImageGroups = false)
    {
        var colon = user.IndexOf(':', StringComparison.Ordinal);
        var userPart = colon < 0 ? user : user[..colon];
        var groupPart = colon < 0 ? "" : user[(colon + 1)..];
        var groups = ReadEntries(root, "/etc/group", 4);
        var account = FindUser(root, userPart.Length == 0 ? "0" : userPart);
        var gid = groupPart.Length == 0 ? account.Gid : FindGroup(groups, groupPart);
        List<uint> all = [gid];
        if (groupPart.Length == 0 && account.Name.Length > 0 && !withoutImageGroups)
        {
            all.AddRange(groups.Where(entry => entry[3].Split(',').Contains(account.Name)).Select(static entry => Number(entry[2])));
        }

        all.AddRange(furtherGroups.Select(name => FindGroup(groups, name)));
        return new ContainerUser(account.Uid, gid, [.. all.Distinct()], account.Home);
    }

    private static (string Name, uint Uid, uint Gid, string Home) FindUser(RootedDirectory root, string user)
    {
        var entries = ReadEntries(root, "/etc/passwd", 7);
        var isNumber = IsNumber(user);
        var found = entries.FirstOrDefault(entry => entry[0] == user) ?? (isNumber ? entries.FirstOrDefault(entry => entry[2] == user) : null);
        if (found is not null)
        {
            return (found[0], Number(found[2]), Number(found[3]), found[5].Length == 0 ? "/" : found[5]);
        }

        return isNumber
            ? ("", Number(user), 0u, "/")
            : throw NaruException.Invalid($"unable to find user {user}: no matching entries in passwd file");
    }

    private static uint FindGroup(List<string[]> groups, string group)
    {
        var found = groups.FirstOrDefault(entry => entry[0] == group);
        if (found is not null)
        {
            return Number(found[2]);
        }

        return IsNumber(group)
            ? Number(group)
            : throw NaruException.Invalid($"unable to find group {group}: no matching entries in group file");
    }

    private static bool IsNumber(string text) => text.Length > 0 && !text.AsSpan(text[0] == '-' ? 1 : 0).ContainsAnyExceptInRange('0', '9');

    private static uint Number(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number is >= 0 and <= Highest
            ? (uint)number
            : throw NaruException.Invalid("uids and gids must be in range 0-2147483647");

    private static List<string[]> ReadEntries(RootedDirectory root, string path, int fields)
    {
        var entries = new List<string[]>();
        if (root.TryStat(path) is not { IsRegular: true, Size: <= LongestFile })
        {
            return entries;
        }

        using var reader = new StreamReader(root.OpenRead(path));
        while (reader.ReadLine() is { } line)
        {
            var parts = line.Split(':');
            if (line.Length > 0 && line[0] != '#' && parts.Length >= fields)
            {
                entries.Add(parts);
            }
        }

        return entries;
    }
}
