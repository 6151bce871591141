using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Access.Roles;

/// <summary>Makes the default roles and bindings, and gives back what somebody took from them, unless their <c>autoupdate</c> annotation says <c>false</c>. What somebody added stays.</summary>
internal sealed class RoleReconciler(Lazy<IObjects> objects, TimeProvider time)
{
    private static readonly WriteOptions Writing = new() { FieldManager = "naru-default-roles" };
    private static readonly string[] Namespaces = ["default", "kube-system", "kube-public", "kube-node-lease"];

    public async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        // All at once: writes that are made together share a flush.
        await Task.WhenAll(Namespaces.Select(name => MakeNamespaceAsync(name, cancellationToken)));
        await Task.WhenAll(DefaultRoles.All().Select(one => ReconcileAsync(one.Resource, one.Body, cancellationToken)));
    }

    /// <summary>Makes the namespaces that a cluster cannot be without again where somebody deleted them: nodes renew their leases in one. Looks once a minute.</summary>
    public async Task KeepNamespacesAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            try
            {
                await Task.WhenAll(Namespaces.Select(name => MakeNamespaceAsync(name, cancellationToken)));
            }
            catch (NaruException)
            {
                // The store is away: in a minute.
            }
        }
    }

    /// <summary>Adds to a role or binding what the default has and it has not. False if there was nothing to add.</summary>
    internal static bool Complete(MapValue standing, MapValue wish)
    {
        if (standing.Text("metadata", "annotations", RbacNames.AutoUpdate) == "false")
        {
            return false;
        }

        var changed = AddTexts(standing, wish, "labels") | AddTexts(standing, wish, "annotations");
        if (wish["aggregationRule"] is { } aggregation && !aggregation.DeepEquals(standing["aggregationRule"]))
        {
            standing["aggregationRule"] = aggregation.Clone();
            changed = true;
        }

        return changed | AddRules(standing, wish) | AddSubjects(standing, wish);
    }

    private async Task MakeNamespaceAsync(string name, CancellationToken cancellationToken)
    {
        if (objects.Value.Get(RbacNames.Namespaces, "", name) is null)
        {
            await CreateAsync(RbacNames.Namespaces, new MapValue { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new MapValue { ["name"] = name } }, cancellationToken);
        }
    }

    private async Task ReconcileAsync(GroupResource resource, MapValue wish, CancellationToken cancellationToken)
    {
        var (place, name) = (wish.Text("metadata", "namespace") ?? "", wish.Text("metadata", "name")!);
        var standing = objects.Value.Get(resource, place, name);
        if (standing is null)
        {
            await CreateAsync(resource, wish, cancellationToken);
        }
        else if (wish["roleRef"] is { } role && !role.DeepEquals(standing.Tree["roleRef"]) && standing.Tree.Text("metadata", "annotations", RbacNames.AutoUpdate) != "false")
        {
            // A binding's role cannot be changed.
            await objects.Value.DeleteAsync(resource, place, name, new DeleteOptions { Uid = standing.Uid }, cancellationToken);
            await CreateAsync(resource, wish, cancellationToken);
        }
        else if (Complete(standing.Tree.CloneMap(), wish))
        {
            await objects.Value.ChangeAsync(resource, place, name, tree => Complete(tree, wish), Writing, cancellationToken);
        }
    }

    private async Task CreateAsync(GroupResource resource, MapValue body, CancellationToken cancellationToken)
    {
        try
        {
            await objects.Value.CreateAsync(resource, body, Writing, cancellationToken);
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.AlreadyExists)
        {
            // Somebody else was quicker; another instance on the same store, for one.
        }
    }

    private static bool AddTexts(MapValue standing, MapValue wish, string field)
    {
        var changed = false;
        var held = standing.MakeMap("metadata").MakeMap(field);
        foreach (var (name, value) in wish.Map("metadata", field)!)
        {
            if (!held.Has(name))
            {
                held[name] = value;
                changed = true;
            }
        }

        return changed;
    }

    private static bool AddRules(MapValue standing, MapValue wish)
    {
        var held = PolicyRule.ReadAll(standing);
        var missing = PolicyRule.ReadAll(wish).Where(rule => !rule.Singles().All(single => held.Any(one => one.Covers(single)))).ToList();
        missing.ForEach(rule => standing.MakeList("rules").Add(rule.Write()));
        return missing.Count > 0;
    }

    private static bool AddSubjects(MapValue standing, MapValue wish)
    {
        var missing = wish.Maps("subjects").Where(subject => !standing.Maps("subjects").Any(subject.DeepEquals)).ToList();
        missing.ForEach(subject => standing.MakeList("subjects").Add(subject.Clone()));
        return missing.Count > 0;
    }
}
