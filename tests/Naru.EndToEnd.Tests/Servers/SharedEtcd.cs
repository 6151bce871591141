using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Naru.Testing;

namespace Naru.EndToEnd.Tests.Servers;

/// <summary>A real etcd for a test's servers, on free ports of loopback.</summary>
internal sealed class SharedEtcd : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly Process _process;
    private readonly Task _output;

    public SharedEtcd(string program)
    {
        var (client, peer) = (FreePort(), FreePort());
        Endpoint = $"http://127.0.0.1:{client}";
        var start = new ProcessStartInfo(program) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = _directory.Path };
        string[] arguments =
        [
            "--name", "one", "--data-dir", _directory.At("data"), "--listen-client-urls", Endpoint, "--advertise-client-urls", Endpoint, "--listen-peer-urls", $"http://127.0.0.1:{peer}",
            "--initial-advertise-peer-urls", $"http://127.0.0.1:{peer}", "--initial-cluster", $"one=http://127.0.0.1:{peer}", "--logger", "zap", "--log-level", "error",
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        _output = Task.WhenAll(_process.StandardError.ReadToEndAsync(), _process.StandardOutput.ReadToEndAsync());
    }

    public string Endpoint { get; }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await _output;
        _process.Dispose();
        _directory.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
