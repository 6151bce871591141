using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Ingress.Gateways;

/// <summary>Who may name what in another namespace.</summary>
internal sealed class ReferenceGrants(IObjects objects)
{
    /// <summary>Whether an object of <paramref name="kind"/> in a namespace may name something in another: always in its own, otherwise where the other namespace says so.</summary>
    public bool Allow(string kind, string from, string toGroup, string toKind, string toNamespace, string toName) => from == toNamespace || objects.List(GatewayResources.Grants, toNamespace).Any(grant =>
        grant.Tree.Maps("spec", "from").Any(one => one.Text("group") == GatewayResources.Group && one.Text("kind") == kind && one.Text("namespace") == from)
        && grant.Tree.Maps("spec", "to").Any(one => (one.Text("group") ?? "") == toGroup && one.Text("kind") == toKind && (one.Text("name") is not { Length: > 0 } name || name == toName)));
}
