using Naru.Core.Lifetime;

namespace Naru.Access.Auditing;

/// <summary>Runs the audit log's writer while requests come in: started before the dialects, stopped after them.</summary>
internal sealed class AuditStage(AuditWriter writer) : IEngineStage
{
    public int Order => 819;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        writer.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => writer.StopAsync();
}
