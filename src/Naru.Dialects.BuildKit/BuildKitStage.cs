using Naru.Core.Lifetime;
using Naru.Dialects.BuildKit.Transport;

namespace Naru.Dialects.BuildKit;

/// <summary>Begin and end of the inner server.</summary>
internal sealed class BuildKitStage(GrpcServer server) : IEngineStage
{
    public int Order => 890;

    public Task StartAsync(CancellationToken cancellationToken) => server.StartAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => server.StopAsync(cancellationToken);
}
