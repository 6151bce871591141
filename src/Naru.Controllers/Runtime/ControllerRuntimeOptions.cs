namespace Naru.Controllers.Runtime;

/// <summary>How controllers run.</summary>
public sealed class ControllerRuntimeOptions
{
    /// <summary>No other server shares the store: controllers start at once, without a lease.</summary>
    public bool SoleServer { get; set; } = true;

    /// <summary>This server's name in the lease; unique among servers.</summary>
    public string Identity { get; set; } = $"{Environment.MachineName}_{Guid.NewGuid():N}";

    /// <summary>What this server's own lease is named after: the same after a restart, and another for each server on a machine.</summary>
    public string ServerName { get; set; } = Environment.MachineName;
}
