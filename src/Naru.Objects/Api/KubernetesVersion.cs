namespace Naru.Objects.Api;

/// <summary>The version of Kubernetes whose API this is, as every part of the cluster tells it: server, node and metrics.</summary>
public static class KubernetesVersion
{
    /// <summary>As <c>kubectl version</c> and the nodes show it.</summary>
    public const string Git = $"v{Major}.{Minor}.2+naru";

    /// <summary>The first number.</summary>
    public const string Major = "1";

    /// <summary>The second number.</summary>
    public const string Minor = "36";
}
