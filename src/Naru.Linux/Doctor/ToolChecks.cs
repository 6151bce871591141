using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using Naru.Linux.Notify;
using Naru.Linux.Processes;

namespace Naru.Linux.Doctor;

/// <summary>Programs and libraries of other projects that containers need.</summary>
internal static class ToolChecks
{
    private static readonly TimeSpan VersionLimit = TimeSpan.FromSeconds(5);

    public static IEnumerable<HostCheck> All(string runtime)
    {
        yield return new HostCheck { Area = "tools", Name = "runtime", Inspect = () => Program(runtime, "apt-get install crun runc") };
        yield return new HostCheck { Area = "tools", Name = "conmon", Inspect = () => Program("conmon", "apt-get install conmon") };
        yield return new HostCheck { Area = "tools", Name = "libnftables", Inspect = () => Library("libnftables.so.1", "apt-get install libnftables1") };
        yield return new HostCheck { Area = "tools", Name = "init", Inspect = Init };
        yield return new HostCheck { Area = "tools", Name = "certificates", Inspect = Certificates };
    }

    private static HostFinding Program(string name, string remedy)
    {
        var path = ToolPaths.Find(name);
        if (path is null)
        {
            return HostFinding.Bad($"{name} is not installed", remedy);
        }

        try
        {
            return HostFinding.Good($"{path}, {VersionOf(path)}");
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            return HostFinding.Bad($"{path} does not run: {exception.Message}", remedy);
        }
    }

    private static string VersionOf(string path)
    {
        // Doctor runs on the command line, where nothing else waits for this thread.
        using var poller = new DescriptorPoller();
        using var limit = new CancellationTokenSource(VersionLimit);
        var runner = new ProcessRunner(poller, NullLogger<ProcessRunner>.Instance);
        var result = Task.Run(() => runner.RunAsync(new ProcessCommand { Program = path, Arguments = ["--version"] }, limit.Token)).GetAwaiter().GetResult();
        return result.EnsureSuccess().Output.Split('\n')[0].Trim();
    }

    private static HostFinding Library(string name, string remedy)
    {
        if (!NativeLibrary.TryLoad(name, out var handle))
        {
            return HostFinding.Bad($"{name} is not installed", remedy);
        }

        NativeLibrary.Free(handle);
        return HostFinding.Good($"{name} loads");
    }

    private static HostFinding Init() =>
        ToolPaths.FindInit() is { } found
            ? HostFinding.Good(found)
            : HostFinding.Notice("no small init is installed; docker run --init fails", "apt-get install catatonit");

    private static HostFinding Certificates() =>
        File.Exists("/etc/ssl/certs/ca-certificates.crt")
            ? HostFinding.Good("/etc/ssl/certs/ca-certificates.crt")
            : HostFinding.Notice("no certificate authorities are installed; registries with TLS are not trusted", "apt-get install ca-certificates");
}
