using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Naru.Core.Errors;
using Naru.Testing;

namespace Naru.Store.Etcd.Tests;

/// <summary>A real etcd of the test's own, on free ports of loopback.</summary>
public sealed class EtcdProcess : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly string[] _more;
    private readonly int _port = FreePort();
    private readonly int _peerPort = FreePort();
    private Process? _process;
    private Task _output = Task.CompletedTask;

    public EtcdProcess(string scheme = "http", params string[] more)
    {
        _more = more;
        Endpoint = new Uri($"{scheme}://127.0.0.1:{_port}");
    }

    /// <summary>etcd 3.5, unpacked beside the installed one.</summary>
    public static string New { get; } = $"{(Environment.GetEnvironmentVariable("NARU_CLIENTS") is { Length: > 0 } named ? named : "/opt/naru-clients")}/etcd-server/usr/bin/etcd";

    /// <summary>The executable.</summary>
    public string Program { get; set; } = "/usr/bin/etcd";

    public Uri Endpoint { get; }

    public TempDirectory Directory => _directory;

    public void Start()
    {
        var start = new ProcessStartInfo(Program) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = _directory.Path };
        string[] arguments =
        [
            "--name", "test", "--data-dir", _directory.At("data/d"), "--listen-client-urls", Endpoint.ToString().TrimEnd('/'), "--advertise-client-urls", Endpoint.ToString().TrimEnd('/'),
            "--listen-peer-urls", $"http://127.0.0.1:{_peerPort}", "--initial-advertise-peer-urls", $"http://127.0.0.1:{_peerPort}", "--initial-cluster", $"test=http://127.0.0.1:{_peerPort}",
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

    /// <summary>A store on it; waits until it answers.</summary>
    internal async Task<EtcdStore> OpenAsync(string prefix, Func<EtcdStoreOptions, EtcdStoreOptions>? with = null, TimeProvider? time = null)
    {
        if (_process is null)
        {
            Start();
        }

        var options = new EtcdStoreOptions { Endpoints = [Endpoint], Prefix = prefix };
        var store = new EtcdStore(with?.Invoke(options) ?? options, time ?? TimeProvider.System, NullLogger<EtcdStore>.Instance);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                await store.OpenAsync(limit.Token);
                return store;
            }
            catch (NaruException failure) when (failure.Kind == ErrorKind.Unavailable && !limit.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, limit.Token);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _directory.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
