using System.Globalization;
using Naru.Builds.Contexts;
using Naru.Core.Builds;
using Naru.Core.Errors;
using Naru.Linux.Files;

namespace Naru.Builds.Stages;

/// <summary>Users and groups by name, as the root's own /etc/passwd and /etc/group have them.</summary>
internal static class UserNames
{
    private const int FileLimit = 16 * 1024 * 1024;

    /// <summary>Refuses numbers that no user can have.</summary>
    public static void CheckNumbers(string user)
    {
        foreach (var part in user.Split(':', 2))
        {
            if (part.Length > 0 && part.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0 && !IsNumber(part, out _))
            {
                throw NaruException.Invalid($"uids and gids must be in range 0-{int.MaxValue}: {part}");
            }
        }
    }

    /// <summary>The numbers of <c>--chown=user[:group]</c>. A group that is not given is the user's own number.</summary>
    public static (uint User, uint Group) Resolve(RootedDirectory root, string owner, string keyword)
    {
        var colon = owner.IndexOf(':', StringComparison.Ordinal);
        var userPart = colon < 0 ? owner : owner[..colon];
        var groupPart = colon < 0 ? "" : owner[(colon + 1)..];
        CheckNumbers(owner);
        uint user, group;
        if (userPart.Length == 0)
        {
            (user, group) = (0, 0);
        }
        else if (IsNumber(userPart, out user))
        {
            group = user;
        }
        else
        {
            var fields = Find(root, "etc/passwd", userPart) ?? throw Unknown(keyword, "user", userPart);
            (user, group) = (NumberOf(fields, 2), NumberOf(fields, 3));
        }

        if (groupPart.Length > 0 && !IsNumber(groupPart, out group))
        {
            group = NumberOf(Find(root, "etc/group", groupPart) ?? throw Unknown(keyword, "group", groupPart), 2);
        }

        return (user, group);
    }

    private static bool IsNumber(string text, out uint number) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= int.MaxValue;

    private static uint NumberOf(string[] fields, int index) =>
        index < fields.Length && IsNumber(fields[index], out var number) ? number : throw new BuildException($"unable to find {fields[0]}: malformed entry");

    private static string[]? Find(RootedDirectory root, string file, string name) =>
        ContextAccess.ReadText(root, file, FileLimit)?.Split('\n').Select(l => l.Split(':')).FirstOrDefault(f => f.Length > 2 && f[0] == name);

    private static BuildException Unknown(string keyword, string kind, string name) =>
        new($"{keyword} failed: unable to convert uid/gid chown string to host mapping: can't find {(kind == "user" ? "uid" : "gid")} for {kind} {name}: no such {kind}: {name}");
}
