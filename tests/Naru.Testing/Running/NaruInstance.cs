using System.Diagnostics;
using System.Globalization;

namespace Naru.Testing.Running;

/// <summary>
/// One real <c>naru up</c> with directories of its own below /tmp, killed by its process id. The executable is the one of NARU_BINARY, else
/// out/naru of the repository, else the build that lies in src/Naru/bin.
/// </summary>
public sealed class NaruInstance : IAsyncDisposable
{
    private static int s_count;
    private readonly string _verb;
    private readonly IReadOnlyList<string> _options;
    private Process? _process;

    private NaruInstance(string root, string verb, IReadOnlyList<string> options)
    {
        Root = root;
        _verb = verb;
        _options = options;
    }

    /// <summary>The folder that holds the instance's data, run directory and log.</summary>
    public string Root { get; }

    public string DataDirectory => Path.Combine(Root, "data");

    public string RunDirectory => Path.Combine(Root, "run");

    public string LogPath => Path.Combine(Root, "naru.log");

    public string DockerHost { get; private set; } = "";

    public string SocketPath => DockerHost.Replace("unix://", "", StringComparison.Ordinal);

    /// <summary>0 when it does not run.</summary>
    public int ProcessId => _process is { HasExited: false } ? _process.Id : 0;

    /// <summary>Variables that point any client at this instance and keep it away from the user's own settings.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["DOCKER_HOST"] = DockerHost,
        ["DOCKER_CONFIG"] = Path.Combine(Root, "docker-config"),
        ["HOME"] = Path.Combine(Root, "home"),
        ["DOCKER_CLI_HINTS"] = "false",
    };

    public static string? FindBinary()
    {
        if (System.Environment.GetEnvironmentVariable("NARU_BINARY") is { Length: > 0 } named)
        {
            return named;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "Naru.slnx")))
            {
                continue;
            }

            return new[] { "out/naru", "src/Naru/bin/Release/net10.0/naru.dll", "src/Naru/bin/Debug/net10.0/naru.dll" }
                .Select(path => Path.Combine(folder.FullName, path)).FirstOrDefault(File.Exists);
        }

        return null;
    }

    /// <summary>Starts an instance and waits until it answers. <paramref name="dataDirectory"/> may be a prepared (small) file system.</summary>
    public static Task<NaruInstance> StartAsync(params string[] options) => StartAsync("up", options);

    /// <summary>Starts a control plane alone (<c>naru server</c>), which runs no containers, and waits until it answers.</summary>
    public static Task<NaruInstance> StartServerAsync(params string[] options) => StartAsync("server", options);

    private static async Task<NaruInstance> StartAsync(string verb, string[] options)
    {
        var root = $"/tmp/naru-e2e-{System.Environment.ProcessId}-{Interlocked.Increment(ref s_count)}";
        foreach (var part in (string[])["", "data", "run", "docker-config", "home"])
        {
            Directory.CreateDirectory(Path.Combine(root, part));
        }

        var instance = new NaruInstance(root, verb, options);
        await instance.StartAgainAsync();
        return instance;
    }

    /// <summary>Runs <c>naru</c> with arguments against this instance's directories.</summary>
    public Task<CommandResult> CommandAsync(params string[] arguments)
    {
        var (file, first) = Invocation();
        return Command.RunAsync(file, [.. first, .. arguments]);
    }

    /// <summary>Starts the process (again, after a kill) on the same directories and waits until <c>naru env</c> answers.</summary>
    public async Task StartAgainAsync()
    {
        Launch();
        await WaitUntilAnswersAsync();
    }

    /// <summary>Starts the process without waiting for it.</summary>
    public void Launch()
    {
        var (file, first) = Invocation();
        string[] arguments = [.. first, _verb, .. _options.Contains("--data-dir") ? (string[])[] : ["--data-dir", DataDirectory], "--run-dir", RunDirectory, .. _options];
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = "/" };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("exec \"$@\" >>\"$LOG\" 2>&1 </dev/null");
        start.ArgumentList.Add("sh");
        start.ArgumentList.Add(file);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["LOG"] = LogPath;
        _process = Process.Start(start) ?? throw new InvalidOperationException("naru did not start");
    }

    public async Task WaitUntilAnswersAsync()
    {
        var result = new CommandResult(-1, "", "", TimeSpan.Zero);
        await Eventually.BecomesAsync(
            async () =>
            {
                if (ProcessId == 0)
                {
                    throw new InvalidOperationException($"naru ended on its own:\n{Log()}");
                }

                result = await CommandAsync("env", "--run-dir", RunDirectory);
                return result.ExitCode == 0 && result.Output.Contains(_verb == "up" ? "DOCKER_HOST=" : "KUBECONFIG=", StringComparison.Ordinal);
            },
            $"naru answers ({LogPath})",
            TimeSpan.FromSeconds(120));
        if (_verb != "up")
        {
            return;
        }

        var line = result.Output.Split('\n').First(text => text.Contains("DOCKER_HOST=", StringComparison.Ordinal));
        DockerHost = line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim().Trim('"', '\'');
    }

    /// <summary>SIGKILL: nothing can be tidied up.</summary>
    public async Task KillAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
    }

    /// <summary>SIGTERM, and the exit code.</summary>
    public async Task<int> StopAsync()
    {
        if (_process is { HasExited: false })
        {
            Command.Run("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            await _process.WaitForExitAsync(limit.Token);
        }

        return _process?.ExitCode ?? 0;
    }

    public HostLedger TakeLedger() => HostLedger.Take(Root, ProcessId);

    public string Log() => File.Exists(LogPath) ? File.ReadAllText(LogPath) : "";

    /// <summary>Removes every container, stops the process and removes its directories with whatever is still mounted below them.</summary>
    public async ValueTask DisposeAsync()
    {
        if (ProcessId != 0)
        {
            if (_verb == "up")
            {
                using var engine = new EngineClient(SocketPath);
                await engine.RemoveAllContainersAsync();
            }

            await StopAsync();
            EndContainers();
        }

        foreach (var mount in File.ReadAllLines("/proc/self/mountinfo").Select(line => line.Split(' ')[4]).Where(path => path.StartsWith(Root + "/", StringComparison.Ordinal)).Reverse())
        {
            Command.Run("umount", ["-l", mount]);
        }

        _process?.Dispose();
        Command.Run("rm", ["-rf", "--one-file-system", Root]);
    }

    // What a pod that nobody deleted started between the removal of all containers and naru's end.
    private void EndContainers()
    {
        var containers = new DirectoryInfo(Path.Combine(RunDirectory, "containers"));
        foreach (var container in containers.Exists ? containers.GetDirectories() : [])
        {
            var pid = Path.Combine(container.FullName, "pid");
            if (File.Exists(pid) && File.ReadAllText(pid).Trim() is { Length: > 0 } number && IsIn(number, container.Name))
            {
                Command.Run("kill", ["-KILL", number]);
            }
        }
    }

    private static bool IsIn(string process, string container)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cgroup").Contains(container, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // It has ended by itself.
            return false;
        }
    }

    private static (string File, string[] First) Invocation()
    {
        var binary = FindBinary() ?? throw new InvalidOperationException("there is no naru executable: run eng/build or set NARU_BINARY");
        return binary.EndsWith(".dll", StringComparison.Ordinal) ? ("dotnet", [binary]) : (binary, []);
    }
}
