namespace Naru.Ingress.Routing;

/// <summary>A route under a host name: <c>shop.example.com</c>, <c>*.example.com</c>, or empty for every host.</summary>
internal readonly record struct HostRoute(string Host, Route Route);

/// <summary>The object that routes come from.</summary>
internal readonly record struct SourceKey(string Kind, string Namespace, string Name)
{
    public override string ToString() => $"{Kind} {Namespace}/{Name}";
}
