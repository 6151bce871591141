namespace Naru.Dialects.Kubernetes.Health;

/// <summary>One thing that must be well.</summary>
internal interface IHealthCheck
{
    string Name { get; }

    /// <summary>Says whether requests can be served, not whether the process is alive.</summary>
    bool ReadinessOnly { get; }

    /// <summary>What is broken; null if nothing is.</summary>
    ValueTask<string?> CheckAsync(CancellationToken cancellationToken);
}
