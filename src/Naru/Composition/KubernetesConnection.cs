namespace Naru.Composition;

/// <summary>A connection's feature: it came in at the Kubernetes API's address.</summary>
internal sealed class KubernetesConnection;
