using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Naru.Linux.Notify;
using Naru.Linux.Processes;
using Naru.Testing;
using Naru.Testing.Running;

namespace Naru.Images.Tests.Support;

/// <summary>The distribution project's registry on a loopback port, with its own configuration and data.</summary>
internal sealed class RealRegistry : IAsyncDisposable
{
    private const int SignalKill = 9;

    private readonly TempDirectory _temp = new();
    private readonly DescriptorPoller _poller = new();
    private readonly ChildProcess _process;

    private RealRegistry(string more, int port)
    {
        Port = port;
        _temp.Write("htpasswd", "user:$2b$04$UrAC5cr1K7iaezkn5vnuYeztyBW32M2KEkoA36kgrKwTN2CD6xeSG\n");
        var config = _temp.Write(
            "config.yml",
            $"""
            version: 0.1
            log:
              level: error
            storage:
              filesystem:
                rootdirectory: {_temp.Sub("data")}
              delete:
                enabled: true
            http:
              addr: 127.0.0.1:{port}
            {more.Replace("TEMP", _temp.Path)}
            """);
        var runner = new ProcessRunner(_poller, NullLogger<ProcessRunner>.Instance);
        _process = runner.Start(new() { Program = "docker-registry", Arguments = ["serve", config] });
    }

    internal int Port { get; }

    internal string Host => $"127.0.0.1:{Port}";

    internal const string BasicAuth = "auth:\n  htpasswd:\n    realm: test\n    path: TEMP/htpasswd\n";

    /// <summary>Starts one; skips the test, and says so, where the host has none.</summary>
    internal static async Task<RealRegistry> StartAsync(string more = "")
    {
        Assert.SkipUnless(File.Exists("/usr/bin/docker-registry"), "docker-registry is not installed on this host");
        var port = LoopbackPorts.Free();
        var registry = new RealRegistry(more, port);
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);
                return registry;
            }
            catch (SocketException) when (tries < 600)
            {
                await Task.Delay(50);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Signal(SignalKill);
        await _process.Exited;
        _process.Dispose();
        _poller.Dispose();
        _temp.Dispose();
    }
}
