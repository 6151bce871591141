using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Naru.Dialects.Kubernetes.Server;
using Naru.Objects.Access;

namespace Naru.Dialects.Kubernetes.Access;

/// <summary>Acting as somebody else: the headers name the user, and every part of the name must be allowed.</summary>
internal sealed class Impersonation(IAuthorizer authorizer)
{
    private const string ExtraHeader = "Impersonate-Extra-";

    /// <summary>The user whom the request wants to act as; null if it acts as itself. Refuses what is not allowed.</summary>
    public UserInfo? Read(IHeaderDictionary headers, UserInfo asking)
    {
        var name = headers["Impersonate-User"].ToString();
        var groups = headers["Impersonate-Group"].Where(static one => !string.IsNullOrEmpty(one)).Select(static one => one!).ToImmutableArray();
        var uid = headers["Impersonate-Uid"].ToString();
        var extra = ReadExtra(headers);
        if (name.Length == 0)
        {
            return groups.IsEmpty && uid.Length == 0 && extra.IsEmpty
                ? null
                : throw StatusFailure.Internal("requested parts of a user without impersonating a user");
        }

        CheckUser(asking, name);
        foreach (var group in groups)
        {
            Check(new AccessAttempt { User = asking, Verb = "impersonate", Version = "v1", Resource = "groups", Name = group });
        }

        if (uid.Length > 0)
        {
            Check(new AccessAttempt { User = asking, Verb = "impersonate", Group = "authentication.k8s.io", Version = "v1", Resource = "uids", Name = uid });
        }

        foreach (var (key, value) in extra.SelectMany(static field => field.Value.Select(value => (field.Key, value))))
        {
            Check(new AccessAttempt { User = asking, Verb = "impersonate", Group = "authentication.k8s.io", Version = "v1", Resource = "userextras", Subresource = key, Name = value });
        }

        return new UserInfo { Name = name, Uid = uid, Groups = GroupsOf(name, groups), Extra = extra };
    }

    private static ImmutableSortedDictionary<string, ImmutableArray<string>> ReadExtra(IHeaderDictionary headers)
    {
        var extra = ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty;
        foreach (var (header, values) in headers)
        {
            if (header.StartsWith(ExtraHeader, StringComparison.OrdinalIgnoreCase) && header.Length > ExtraHeader.Length)
            {
                extra = extra.SetItem(Uri.UnescapeDataString(header[ExtraHeader.Length..]).ToLowerInvariant(), [.. values.Select(static one => one ?? "")]);
            }
        }

        return extra;
    }

    private void CheckUser(UserInfo asking, string name)
    {
        var account = AccountOf(name);
        Check(account is { } known
            ? new AccessAttempt { User = asking, Verb = "impersonate", Version = "v1", Resource = "serviceaccounts", Namespace = known.Namespace, Name = known.Name }
            : new AccessAttempt { User = asking, Verb = "impersonate", Version = "v1", Resource = "users", Name = name });
    }

    private static ImmutableArray<string> GroupsOf(string name, ImmutableArray<string> given)
    {
        var groups = given;
        if (groups.IsEmpty && AccountOf(name) is { } account)
        {
            groups = ["system:serviceaccounts", $"system:serviceaccounts:{account.Namespace}"];
        }

        if (name == "system:anonymous")
        {
            return groups.Contains("system:unauthenticated") ? groups : groups.Add("system:unauthenticated");
        }

        return groups.Contains("system:authenticated") || groups.Contains("system:unauthenticated") ? groups : groups.Add("system:authenticated");
    }

    private static (string Namespace, string Name)? AccountOf(string name)
    {
        var parts = name.Split(':');
        return parts is ["system", "serviceaccount", { Length: > 0 } space, { Length: > 0 } account] ? (space, account) : null;
    }

    private void Check(AccessAttempt attempt)
    {
        var decision = authorizer.Authorize(attempt);
        if (!decision.Allowed)
        {
            throw attempt.ToFailure(decision.Reason);
        }
    }
}
