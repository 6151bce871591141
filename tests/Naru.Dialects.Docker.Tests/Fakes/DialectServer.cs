using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Naru.Core.Builds;
using Naru.Core.Containers;
using Naru.Core.Events;
using Naru.Core.Hosts;
using Naru.Core.Images;
using Naru.Core.Networks;
using Naru.Core.Volumes;
using Naru.Dialects.Http;
using Naru.Dialects.Http.Access;

namespace Naru.Dialects.Docker.Tests.Fakes;

/// <summary>The dialect over fakes, served by the real HTTP server on a socket of its own.</summary>
internal sealed class DialectServer : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("naru-test-docker-").FullName;
    private readonly WebApplication _application;

    private DialectServer(SocketAccessPolicy policy)
    {
        Execs = new FakeExecs(Containers);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ConfigureForDialects();
            kestrel.ListenUnixSocket(Socket, listener => listener.UseDialects(policy));
        });
        builder.Services
            .AddSingleton<IContainers>(Containers).AddSingleton<IExecs>(Execs).AddSingleton<IContainerFiles>(Files)
            .AddSingleton<IContainerLogs>(Logs).AddSingleton<IContainerUsage>(new FakeUsage()).AddSingleton<IImages>(Images)
            .AddSingleton<ISnapshots>(new FakeSnapshots()).AddSingleton<IRegistries>(Registries).AddSingleton<INetworks>(Networks)
            .AddSingleton<IVolumes>(Volumes).AddSingleton<IBuilds>(Builds).AddSingleton<IEvents>(Events).AddSingleton<IHost>(Host)
            .AddNaruDockerDialect();
        _application = builder.Build();
        _application.MapNaruDocker();
        Client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) => new NetworkStream(await ConnectAsync(cancellationToken), ownsSocket: true),
        })
        {
            BaseAddress = new Uri("http://docker"),
        };
    }

    public FakeContainers Containers { get; } = new();
    public FakeExecs Execs { get; }
    public FakeFiles Files { get; } = new();
    public FakeLogs Logs { get; } = new();
    public FakeImages Images { get; } = new();
    public FakeRegistries Registries { get; } = new();
    public FakeNetworks Networks { get; } = new();
    public FakeVolumes Volumes { get; } = new();
    public FakeBuilds Builds { get; } = new();
    public FakeEvents Events { get; } = new();
    public FakeHost Host { get; } = new();

    public HttpClient Client { get; }

    public IEnumerable<(string Method, string Pattern)> Routes => _application.Services.GetRequiredService<Docker.Http.DockerServer>().Routes;

    public string Socket => Path.Combine(_directory, "docker.sock");

    public static async Task<DialectServer> StartAsync(SocketAccessPolicy? policy = null)
    {
        var server = new DialectServer(policy ?? SocketAccessPolicy.Full);
        await server._application.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    /// <summary>A connection without an HTTP client in the way.</summary>
    public async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), cancellationToken);
        return socket;
    }

    public async Task<RawClient> OpenAsync() => new(await ConnectAsync(TestContext.Current.CancellationToken));

    public async Task<(int Status, string Body)> SendAsync(string method, string path, string? json = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Makes and starts a container called <paramref name="name"/>.</summary>
    public async Task<Container> RunAsync(string name, bool terminal = false, bool input = true)
    {
        var spec = new ContainerSpec { Image = "busybox", Process = new ProcessSpec { Terminal = terminal, OpenInput = input, Command = ["sh"] } };
        await Containers.CreateAsync(spec, name, CancellationToken.None);
        await Containers.StartAsync(name, CancellationToken.None);
        return Containers.Get(name);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _application.StopAsync(patience.Token);
        await _application.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
