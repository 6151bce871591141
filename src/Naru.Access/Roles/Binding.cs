using System.Collections.Immutable;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Access.Roles;

/// <summary>A binding: which role, to whom.</summary>
internal sealed record Binding(string Name, string Namespace, bool ToClusterRole, string Role, ImmutableArray<Subject> Subjects)
{
    public static Binding Read(StoredObject stored)
    {
        var tree = stored.Tree;
        var subjects = tree.Maps("subjects").Select(subject => Subject.Read(subject, stored.Namespace)).OfType<Subject>();
        return new Binding(stored.Name, stored.Namespace, tree.Text("roleRef", "kind") == "ClusterRole", tree.Text("roleRef", "name") ?? "", [.. subjects]);
    }
}

/// <summary>Somebody whom a binding names: a user (service accounts have user names too) or a group.</summary>
/// <param name="IsGroup">A group.</param>
/// <param name="Name">The user's or group's name.</param>
/// <param name="Words">How it is named in reasons: <c>ServiceAccount "a/default"</c>.</param>
internal sealed record Subject(bool IsGroup, string Name, string Words)
{
    public static Subject? Read(MapValue subject, string bindingNamespace)
    {
        var name = subject.Text("name") ?? "";
        switch (subject.Text("kind"))
        {
            case "User":
                return new Subject(false, name, $"User \"{name}\"");
            case "Group":
                return new Subject(true, name, $"Group \"{name}\"");
            case "ServiceAccount":
                var place = subject.Text("namespace") is { Length: > 0 } own ? own : bindingNamespace;
                return new Subject(false, $"system:serviceaccount:{place}:{name}", $"ServiceAccount \"{name}/{place}\"");
            default:
                return null;
        }
    }
}
