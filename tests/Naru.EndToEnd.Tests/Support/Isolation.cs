using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Naru.EndToEnd.Tests.Support;

/// <summary>
/// Moves the whole test process into a network namespace of its own before anything runs, by executing itself again under unshare. Engines,
/// clients and tests then share one loopback that nobody else sees, and published ports can be tried on any number.
/// NARU_E2E_NETNS names a namespace to enter instead: that of another engine that the same tests are to be pointed at.
/// </summary>
internal static partial class Isolation
{
    private const string Marker = "NARU_E2E_ISOLATED";

    /// <summary>This process is in a network namespace that nobody else is in.</summary>
    internal static bool IsOwn => Environment.GetEnvironmentVariable(Marker) is not null && Environment.GetEnvironmentVariable("NARU_E2E_NETNS") is not { Length: > 0 };

    [ModuleInitializer]
    internal static void Enter()
    {
        if (Environment.UserName != "root" || Environment.GetEnvironmentVariable(Marker) is not null || !IsEntryProcess())
        {
            return;
        }

        var named = Environment.GetEnvironmentVariable("NARU_E2E_NETNS");
        string[] wrapper = named is { Length: > 0 }
            ? ["nsenter", $"--net=/run/netns/{named}", "--"]
            : ["unshare", "--net", "--", "sh", "-c", "ip link set lo up; exec \"$@\"", "sh"];
        string?[] arguments = [.. wrapper, .. File.ReadAllText("/proc/self/cmdline").TrimEnd('\0').Split('\0'), null];
        _ = SetEnvironment(Marker, "1", 1);
        _ = Execute(arguments[0]!, arguments);
        Console.Error.WriteLine($"no network namespace of our own: {wrapper[0]} could not be executed");
    }

    private static bool IsEntryProcess() =>
        System.Reflection.Assembly.GetEntryAssembly()?.GetName().Name == typeof(Isolation).Assembly.GetName().Name;

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "execvp", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string file, string?[] arguments);
}
