using System.Collections.Immutable;
using Naru.Core.Errors;
using Naru.Objects.Access;
using Naru.Objects.Values;

namespace Naru.Cluster.Subresources;

/// <summary>Users, attempts and rules as they stand in reviews.</summary>
internal static class ReviewBodies
{
    public static UserInfo UserOf(MapValue spec)
    {
        var user = spec.Text("user") ?? "";
        ImmutableArray<string> groups = [.. spec.List("groups")?.Texts() ?? []];
        if (user.Length == 0 && groups.IsEmpty)
        {
            throw NaruException.Invalid("spec.user: Invalid value: \"\": at least one of user or group must be specified");
        }

        var extra = ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty;
        foreach (var (name, value) in (spec.Map("extra") ?? []).AsSpan())
        {
            extra = extra.SetItem(name, [.. (value as ListValue)?.Texts() ?? []]);
        }

        return new UserInfo { Name = user, Groups = groups, Uid = spec.Text("uid") ?? "", Extra = extra };
    }

    public static AccessAttempt AttemptOf(MapValue spec, UserInfo user)
    {
        if (spec.Map("nonResourceAttributes") is { } path)
        {
            return spec.Has("resourceAttributes")
                ? throw NaruException.Invalid("spec.nonResourceAttributes: Invalid value: cannot be specified in combination with resourceAttributes")
                : new AccessAttempt { User = user, Verb = path.Text("verb") ?? "", Path = path.Text("path") ?? "" };
        }

        var wanted = spec.Map("resourceAttributes") ?? throw NaruException.Invalid("spec.resourceAttributes: Invalid value: exactly one of nonResourceAttributes or resourceAttributes must be specified");
        return new AccessAttempt
        {
            User = user,
            Verb = wanted.Text("verb") ?? "",
            Group = wanted.Text("group") ?? "",
            Version = wanted.Text("version") ?? "",
            Resource = wanted.Text("resource") ?? "",
            Subresource = wanted.Text("subresource") ?? "",
            Namespace = wanted.Text("namespace") ?? "",
            Name = wanted.Text("name") ?? "",
        };
    }

    public static MapValue Write(UserInfo user)
    {
        var body = new MapValue { { "username", user.Name } };
        if (user.Uid.Length > 0)
        {
            body["uid"] = user.Uid;
        }

        if (!user.Groups.IsDefaultOrEmpty)
        {
            body["groups"] = Texts(user.Groups);
        }

        if (user.Extra.Count > 0)
        {
            var extra = new MapValue();
            foreach (var (name, values) in user.Extra)
            {
                extra[name] = Texts(values);
            }

            body["extra"] = extra;
        }

        return body;
    }

    public static MapValue Write(AccessRules rules)
    {
        var body = new MapValue
        {
            { "resourceRules", new ListValue(rules.Resources.Select(static rule => Rule(("verbs", rule.Verbs), ("apiGroups", rule.Groups), ("resources", rule.Resources), ("resourceNames", rule.Names)))) },
            { "nonResourceRules", new ListValue(rules.Paths.Select(static rule => Rule(("verbs", rule.Verbs), ("nonResourceURLs", rule.Paths)))) },
            { "incomplete", rules.Incomplete },
        };
        if (rules.Error.Length > 0)
        {
            body["evaluationError"] = rules.Error;
        }

        return body;
    }

    private static MapValue Rule(params ReadOnlySpan<(string Name, ImmutableArray<string> Values)> fields)
    {
        var rule = new MapValue();
        foreach (var (name, values) in fields)
        {
            if (!values.IsDefaultOrEmpty)
            {
                rule[name] = Texts(values);
            }
        }

        return rule;
    }

    private static ListValue Texts(IEnumerable<string> texts) => new(texts.Select(static one => (Value)one));
}
