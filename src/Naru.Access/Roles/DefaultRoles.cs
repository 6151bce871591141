using System.Collections.Immutable;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Access.Roles;

/// <summary>Reads <see cref="DefaultRolesTable"/>: the objects that every cluster has.</summary>
internal static class DefaultRoles
{
    private static readonly string[] Read = ["get", "list", "watch"];
    private static readonly string[] Write = ["create", "delete", "deletecollection", "patch", "update"];

    public static IReadOnlyList<(GroupResource Resource, MapValue Body)> All() => Parse(DefaultRolesTable.Text);

    public static IReadOnlyList<(GroupResource Resource, MapValue Body)> Parse(string text)
    {
        var all = new List<(GroupResource Resource, MapValue Body)>();
        MapValue? role = null;
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (line.StartsWith(' '))
            {
                role!.MakeList("rules").Add(Rule(words).Write());
                continue;
            }

            switch (words[0])
            {
                case "role":
                    role = Role(words[1], words.AsSpan(2));
                    all.Add((role.Text("metadata", "namespace") is null ? RbacNames.ClusterRoles : RbacNames.Roles, role));
                    break;
                case "controller":
                    role = Role($"system:controller:{words[1]}", []);
                    all.Add((RbacNames.ClusterRoles, role));
                    all.Add(Bind($"system:controller:{words[1]}", $"system:controller:{words[1]}", [$"account:kube-system/{words[1]}"]));
                    break;
                default:
                    all.Add(Bind(words[1], words[2], words[3..]));
                    break;
            }
        }

        return all;
    }

    private static MapValue Role(string name, ReadOnlySpan<string> marks)
    {
        var body = Start(name, "Role");
        foreach (var mark in marks)
        {
            var label = $"rbac.authorization.k8s.io/aggregate-to-{mark[1..]}";
            if (mark[0] == '+')
            {
                body.Map("metadata", "labels")![label] = "true";
            }
            else
            {
                body.MakeMap("aggregationRule")["clusterRoleSelectors"] = new ListValue([new MapValue { ["matchLabels"] = new MapValue { [label] = "true" } }]);
            }
        }

        return body;
    }

    private static PolicyRule Rule(string[] words) => words.Length == 2
        ? new PolicyRule { Verbs = Verbs(words[0]), Paths = [.. words[1].Split(',')] }
        : new PolicyRule
        {
            Verbs = Verbs(words[0]),
            Groups = [.. words[1].Split(',').Select(static group => group == "core" ? "" : group)],
            Resources = [.. words[2].Split(',')],
            Names = words.Length > 3 ? [.. words[3].Split(',')] : [],
        };

    private static ImmutableArray<string> Verbs(string text) =>
        [.. text.Split(',').SelectMany(static word => word switch { "R" => Read, "W" => Write, _ => [word] }).Order(StringComparer.Ordinal)];

    private static (GroupResource Resource, MapValue Body) Bind(string name, string role, string[] subjects)
    {
        var body = Start(name, "RoleBinding");
        var within = body.Text("metadata", "namespace") is not null;
        body["roleRef"] = new MapValue { ["apiGroup"] = RbacNames.Group, ["kind"] = within ? "Role" : "ClusterRole", ["name"] = role };
        if (subjects.Length > 0)
        {
            body["subjects"] = new ListValue(subjects.Select(Subject));
        }

        return (within ? RbacNames.RoleBindings : RbacNames.ClusterRoleBindings, body);
    }

    private static MapValue Subject(string text)
    {
        var (kind, name) = (text[..text.IndexOf(':', StringComparison.Ordinal)], text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..]);
        if (kind == "account")
        {
            var parts = name.Split('/');
            return new MapValue { ["kind"] = "ServiceAccount", ["name"] = parts[1], ["namespace"] = parts[0] };
        }

        return new MapValue { ["apiGroup"] = RbacNames.Group, ["kind"] = kind == "group" ? "Group" : "User", ["name"] = name };
    }

    // A name with a namespace before a slash lies there; the others belong to the cluster.
    private static MapValue Start(string name, string kind)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var metadata = new MapValue { ["name"] = name[(slash + 1)..] };
        if (slash > 0)
        {
            metadata["namespace"] = name[..slash];
        }

        metadata["labels"] = new MapValue { ["kubernetes.io/bootstrapping"] = "rbac-defaults" };
        metadata["annotations"] = new MapValue { [RbacNames.AutoUpdate] = "true" };
        return new MapValue { ["apiVersion"] = RbacNames.ApiVersion, ["kind"] = slash > 0 ? kind : $"Cluster{kind}", ["metadata"] = metadata };
    }
}
