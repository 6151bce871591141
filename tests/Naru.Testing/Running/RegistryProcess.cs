using System.Diagnostics;
using System.Net.Sockets;

namespace Naru.Testing.Running;

/// <summary>Debian's docker-registry on loopback, without or with basic authentication, storing below a temporary folder.</summary>
public sealed class RegistryProcess : IAsyncDisposable
{
    public const string Program = "docker-registry";
    private readonly Process _process;
    private readonly string _folder;

    private RegistryProcess(Process process, string folder, int port)
    {
        _process = process;
        _folder = folder;
        Port = port;
    }

    public int Port { get; }

    /// <summary>What stands before the repository in an image's name.</summary>
    public string Address => $"127.0.0.1:{Port}";

    public static async Task<RegistryProcess> StartAsync((string User, string Password)? login = null)
    {
        var port = LoopbackPorts.Free();
        var folder = $"/tmp/naru-e2e-registry-{Environment.ProcessId}-{port}";
        Directory.CreateDirectory(folder);
        var authentication = "";
        if (login is { } account)
        {
            var entry = Command.Run("htpasswd", ["-Bbn", account.User, account.Password]).Output.Trim();
            await File.WriteAllTextAsync($"{folder}/htpasswd", entry + "\n");
            authentication = $"auth:\n  htpasswd:\n    realm: fixture\n    path: {folder}/htpasswd\n";
        }

        await File.WriteAllTextAsync(
            $"{folder}/config.yml",
            $"version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: {folder}/storage\n  delete:\n    enabled: true\nhttp:\n  addr: 127.0.0.1:{port}\n{authentication}");
        var process = Command.Start("/bin/sh", ["-c", $"exec {Program} serve {folder}/config.yml >{folder}/log 2>&1 </dev/null"]);
        var registry = new RegistryProcess(process, folder, port);
        await Eventually.BecomesAsync(registry.AnswersAsync, $"the registry answers on port {port}", TimeSpan.FromSeconds(60));
        return registry;
    }

    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> AnswersAsync()
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
