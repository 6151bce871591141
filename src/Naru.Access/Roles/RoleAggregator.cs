using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Selectors;
using Naru.Objects.Values;

namespace Naru.Access.Roles;

/// <summary>Fills cluster roles that have an <c>aggregationRule</c> with the rules of the roles that it selects.</summary>
internal sealed partial class RoleAggregator(Lazy<IObjects> objects, TimeProvider time, ILogger<RoleAggregator> logger)
{
    private static readonly WriteOptions Writing = new() { FieldManager = "clusterrole-aggregation-controller" };
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Aggregates now, once.</summary>
    public async Task AggregateAsync(CancellationToken cancellationToken)
    {
        // Aggregated roles may be part of others (view of edit, edit of admin): again until nothing moves, at most as deep as there are such roles.
        var depth = objects.Value.List(RbacNames.ClusterRoles).Count(static role => role.Tree.Has("aggregationRule"));
        while (depth-- >= 0 && await PassAsync(cancellationToken))
        {
        }
    }

    /// <summary>Follows the changes of cluster roles until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var ready = false;
                await foreach (var change in objects.Value.WatchAsync(RbacNames.ClusterRoles, cancellationToken))
                {
                    if (ready |= change.IsSnapshotEnd)
                    {
                        await PassAsync(cancellationToken);
                    }
                }
            }
            catch (NaruException failure) when (failure.Kind == ErrorKind.Expired)
            {
                // Too slow: the next watch starts with a snapshot.
            }
            catch (NaruException failure)
            {
                LogFailed(failure);
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    internal static ListValue RulesFor(MapValue rule, string own, IReadOnlyList<StoredObject> roles)
    {
        var selectors = rule.Maps("clusterRoleSelectors").Select(LabelSelector.FromBody).ToList();
        var rules = new List<PolicyRule>();
        foreach (var role in roles.Where(role => role.Name != own && selectors.Exists(selector => selector.Matches(role.Tree.Map("metadata", "labels")))))
        {
            foreach (var one in PolicyRule.ReadAll(role.Tree))
            {
                if (!rules.Exists(one.SameAs))
                {
                    rules.Add(one);
                }
            }
        }

        return new ListValue(rules.Select(static one => one.Write()));
    }

    private async Task<bool> PassAsync(CancellationToken cancellationToken)
    {
        var changed = false;
        var roles = objects.Value.List(RbacNames.ClusterRoles);
        foreach (var role in roles)
        {
            if (role.Tree.Map("aggregationRule") is not { } rule)
            {
                continue;
            }

            var rules = RulesFor(rule, role.Name, roles);
            if (rules.DeepEquals(role.Tree["rules"] is ListValue held ? held : new ListValue()))
            {
                continue;
            }

            changed = true;
            try
            {
                await objects.Value.ChangeAsync(RbacNames.ClusterRoles, "", role.Name, tree => Set(tree, rules), Writing, cancellationToken);
            }
            catch (NaruException failure) when (failure.Kind == ErrorKind.NotFound)
            {
                // Deleted meanwhile.
            }
        }

        return changed;
    }

    private static bool Set(MapValue role, ListValue rules)
    {
        if (rules.DeepEquals(role["rules"]))
        {
            return false;
        }

        role["rules"] = rules.Clone();
        return true;
    }

    [LoggerMessage(11001, LogLevel.Warning, "Cluster roles could not be aggregated; trying again")]
    private partial void LogFailed(Exception exception);
}
