using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Naru.Agent.Nodes;
using Naru.Core.Lifetime;
using Naru.Objects.Nodes;

namespace Naru.Agent.Server;

/// <summary>Answers the HTTP API of a kubelet for this node, over connections inside this process.</summary>
internal sealed class NodeServer(NodeIdentity identity, NodeApi api, ILoggerFactory logs) : INodeConnections, IEngineStage, IAsyncDisposable
{
    private readonly MemoryTransport _transport = new();
    private WebApplication? _server;

    public int Order => 871;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "naru-agent", ContentRootPath = "/" });
        builder.Services.AddSingleton(logs);
        builder.WebHost.UseKestrelCore();
        builder.Services.AddSingleton<IConnectionListenerFactory>(_transport);
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestLineSize = 1 << 20;
            kestrel.Limits.MaxRequestBufferSize = 2 << 20;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Listen(MemoryEndPoint.Instance, static listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddSingleton<Microsoft.Extensions.Hosting.IHostLifetime, NoLifetime>();
        _server = builder.Build();
        _server.Run(api.HandleAsync);
        await _server.StartAsync(cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_server is { } server)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1), TimeProvider.System);
            await server.StopAsync(patience.Token);
        }
    }

    public async ValueTask<Stream?> ConnectAsync(string node, CancellationToken cancellationToken) =>
        node == identity.Name && _server is not null ? await _transport.ConnectAsync(cancellationToken) : null;

    public async ValueTask DisposeAsync()
    {
        if (_server is { } server)
        {
            await server.DisposeAsync();
        }
    }

    private sealed class NoLifetime : Microsoft.Extensions.Hosting.IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
