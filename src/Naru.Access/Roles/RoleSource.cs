using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Naru.Objects.Access;
using Naru.Objects.Api;

namespace Naru.Access.Roles;

/// <summary>Roles and bindings as the cache has them at this moment, in a form that is quick to ask. Nothing is kept that a write could make stale: what is derived hangs on
/// the stored objects themselves, and an index is used only while the cache still lists the objects that it was made of. See docs/decisions/0040.</summary>
internal sealed class RoleSource(Lazy<IObjects> objects)
{
    private readonly ConditionalWeakTable<StoredObject, Binding> _bindings = [];
    private readonly ConditionalWeakTable<StoredObject, StrongBox<ImmutableArray<PolicyRule>>> _rules = [];
    private readonly ConcurrentDictionary<string, BindingIndex> _namespaces = new(StringComparer.Ordinal);
    private BindingIndex? _cluster;

    /// <summary>The bindings in a namespace, or with an empty one those of the cluster, that name the user.</summary>
    public IEnumerable<Bound> BindingsOf(UserInfo user, string @namespace) => IndexOf(@namespace).Of(user);

    /// <summary>The rules of the role that a binding names; null if there is no such role.</summary>
    public ImmutableArray<PolicyRule>? RulesOf(Binding binding) =>
        binding.ToClusterRole ? RulesOf(objects.Value.Get(RbacNames.ClusterRoles, "", binding.Role)) : RulesOf(objects.Value.Get(RbacNames.Roles, binding.Namespace, binding.Role));

    private ImmutableArray<PolicyRule>? RulesOf(StoredObject? role) =>
        role is null ? null : _rules.GetValue(role, static one => new(PolicyRule.ReadAll(one.Tree))).Value;

    private BindingIndex IndexOf(string @namespace)
    {
        if (@namespace.Length == 0)
        {
            var all = objects.Value.List(RbacNames.ClusterRoleBindings);
            var index = _cluster;
            return index is not null && index.IsOf(all) ? index : _cluster = Make(all);
        }

        var own = objects.Value.List(RbacNames.RoleBindings, @namespace);
        if (own.Count == 0)
        {
            _namespaces.TryRemove(@namespace, out _);
            return Make(own);
        }

        return _namespaces.TryGetValue(@namespace, out var known) && known.IsOf(own) ? known : _namespaces[@namespace] = Make(own);
    }

    private BindingIndex Make(IReadOnlyList<StoredObject> list) => new(list, one => _bindings.GetValue(one, Binding.Read));
}
