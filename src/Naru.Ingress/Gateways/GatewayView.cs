using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Ingress.Gateways;

/// <summary>A Gateway of a class of ours.</summary>
internal sealed class GatewayView
{
    public GatewayView(StoredObject stored)
    {
        Stored = stored;
        Listeners = [.. stored.Tree.Maps("spec", "listeners").Select(spec => new ListenerView(this, spec))];
    }

    public StoredObject Stored { get; }

    public string Namespace => Stored.Namespace;

    public string Name => Stored.Name;

    public string Created => Stored.Tree.Text("metadata", "creationTimestamp") ?? "";

    public IReadOnlyList<ListenerView> Listeners { get; }
}
