using System.Diagnostics;

namespace Naru.Testing.Running;

/// <summary>A real etcd of a test's own, on free ports of loopback.</summary>
public sealed class EtcdProcess : IAsyncDisposable
{
    private readonly string[] _more;
    private readonly int _peerPort = LoopbackPorts.Free();
    private Process? _process;
    private Task _output = Task.CompletedTask;

    public EtcdProcess(string scheme = "http", params string[] more)
    {
        _more = more;
        Endpoint = new Uri($"{scheme}://127.0.0.1:{LoopbackPorts.Free()}");
    }

    /// <summary>etcd 3.4, as Debian 12 has it.</summary>
    public static string Old => "/usr/bin/etcd";

    /// <summary>etcd 3.5, as Debian 13 has it, unpacked beside the installed one.</summary>
    public static string New { get; } = $"{ClientsFolder.Path}/etcd-server/usr/bin/etcd";

    /// <summary>The executable.</summary>
    public string Program { get; set; } = Old;

    public Uri Endpoint { get; }

    public TempDirectory Directory { get; } = new();

    public bool IsStarted => _process is not null;

    /// <summary>Starts it, or starts it again on what it had. Does not wait until it answers.</summary>
    public void Start()
    {
        var (client, peer) = (Endpoint.ToString().TrimEnd('/'), $"http://127.0.0.1:{_peerPort}");
        var start = new ProcessStartInfo(Program) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = Directory.Path };
        string[] arguments =
        [
            "--name", "test", "--data-dir", Directory.At("data/d"), "--listen-client-urls", client, "--advertise-client-urls", client,
            "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", $"test={peer}",
            "--logger", "zap", "--log-level", "error", .. _more,
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        _output = Task.WhenAll(_process.StandardError.ReadToEndAsync(), _process.StandardOutput.ReadToEndAsync());
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
            await _output;
            process.Dispose();
            _process = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Dispose();
    }
}
