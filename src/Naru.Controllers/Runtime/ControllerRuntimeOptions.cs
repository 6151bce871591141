namespace Naru.Controllers.Runtime;

/// <summary>How controllers run.</summary>
public sealed class ControllerRuntimeOptions
{
    /// <summary>No other server shares the store: controllers start at once, without a lease.</summary>
    public bool SoleServer { get; set; } = true;

    /// <summary>This server's name in the lease; unique among servers.</summary>
    public string Identity { get; set; } = $"{Environment.MachineName}_{Guid.NewGuid():N}";

    /// <summary>The lease in kube-system.</summary>
    public string LeaseName { get; set; } = "kube-controller-manager";
}
