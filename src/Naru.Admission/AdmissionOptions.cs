namespace Naru.Admission;

/// <summary>What is checked and filled in before an object is written.</summary>
public sealed class AdmissionOptions
{
    /// <summary>Pod security of namespaces that say nothing.</summary>
    public string PodSecurityEnforce { get; init; } = "privileged";

    /// <summary>As <see cref="PodSecurityEnforce"/>, for the audit log.</summary>
    public string PodSecurityAudit { get; init; } = "privileged";

    /// <summary>As <see cref="PodSecurityEnforce"/>, for warnings.</summary>
    public string PodSecurityWarn { get; init; } = "privileged";

    /// <summary>Namespaces whose pods are not looked at.</summary>
    public IReadOnlyList<string> PodSecurityExemptNamespaces { get; init; } = [];

    /// <summary>Users whose pods are not looked at.</summary>
    public IReadOnlyList<string> PodSecurityExemptUsers { get; init; } = [];

    /// <summary>Runtime classes whose pods are not looked at.</summary>
    public IReadOnlyList<string> PodSecurityExemptRuntimeClasses { get; init; } = [];

    /// <summary>Pods stay so long on nodes that are not ready or cannot be reached.</summary>
    public TimeSpan TolerationTime { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>A pod of a namespace that is so new that it has no <c>default</c> service account yet waits so long for it.</summary>
    public TimeSpan ServiceAccountPatience { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Owners may block their deletion only at the wish of somebody who may set their finalizers.</summary>
    public bool GuardOwnerReferences { get; init; }
}
