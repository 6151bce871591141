using System.Collections;
using System.Runtime.InteropServices;
using Naru.Linux.Files;
using Naru.Linux.Notify;

namespace Naru.Linux.Processes;

/// <summary>
/// One posix_spawn: the child starts in a session of its own with default signal handlers (the .NET runtime ignores
/// SIGPIPE, which children must not inherit) and only the descriptors of its command. The kernel shares this process's
/// memory until the exec (vfork), so the cost does not grow with it.
/// </summary>
internal static unsafe class ProcessSpawn
{
    private const int OpenReadWrite = 2;

    /// <summary>Starts the command; the caller must reap the process.</summary>
    public static int Start(ProcessCommand command)
    {
        var environment = BuildEnvironment(command);
        using var arguments = new NativeStrings([command.Program, .. command.Arguments]);
        using var variables = new NativeStrings(environment);
        var actions = stackalloc byte[ProcessCalls.FileActionsSize];
        var attributes = stackalloc byte[ProcessCalls.AttributesSize];
        Check(ProcessCalls.FileActionsInit(actions), command);
        Check(ProcessCalls.AttributesInit(attributes), command);
        var held = new List<SafeHandle>();
        var copies = new List<SafeHandle>();
        try
        {
            AddDescriptors(command, actions, held, copies);
            if (command.WorkingDirectory is { } directory)
            {
                Check(ProcessCalls.FileActionsAddChangeDirectory(actions, directory), command);
            }

            SetSignals(attributes, command);
            Check(ProcessCalls.SpawnByPath(out var pid, arguments.First, actions, attributes, arguments.Vector, variables.Vector), command);
            return pid;
        }
        finally
        {
            held.ForEach(static handle => handle.DangerousRelease());
            copies.ForEach(static handle => handle.Dispose());
            ProcessCalls.FileActionsDestroy(actions);
            ProcessCalls.AttributesDestroy(attributes);
        }
    }

    private static void AddDescriptors(ProcessCommand command, byte* actions, List<SafeHandle> held, List<SafeHandle> copies)
    {
        List<(SafeHandle? Source, int Number)> wanted = [(command.Input, 0), (command.Output, 1), (command.Error, 2)];
        wanted.AddRange(command.Descriptors.Select(static pair => ((SafeHandle?)pair.Source, pair.Number)));
        var highest = wanted.Max(static pair => pair.Number);
        foreach (var (source, number) in wanted)
        {
            if (source is null)
            {
                Check(ProcessCalls.FileActionsAddOpen(actions, number, "/dev/null", OpenReadWrite, 0), command);
                continue;
            }

            // A source whose number is also a target could be overwritten before its turn, so all sources move above them.
            var copy = Descriptors.Duplicate(source, highest + 1);
            copies.Add(copy);
            var added = false;
            copy.DangerousAddRef(ref added);
            held.Add(copy);
            Check(ProcessCalls.FileActionsAddDuplicate(actions, (int)copy.DangerousGetHandle(), number), command);
        }

        Check(ProcessCalls.FileActionsAddCloseFrom(actions, highest + 1), command);
    }

    private static void SetSignals(byte* attributes, ProcessCommand command)
    {
        var set = stackalloc byte[ProcessCalls.SignalSetSize];
        ProcessCalls.SignalSetEmpty(set);
        Check(ProcessCalls.AttributesSetSignalMask(attributes, set), command);
        ProcessCalls.SignalSetFill(set);
        Check(ProcessCalls.AttributesSetSignalDefault(attributes, set), command);
        Check(
            ProcessCalls.AttributesSetFlags(
                attributes,
                ProcessCalls.SpawnSignalMask | ProcessCalls.SpawnSignalDefault | ProcessCalls.SpawnNewSession),
            command);
    }

    private static List<string> BuildEnvironment(ProcessCommand command)
    {
        var result = new List<string>();
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            if (!command.Environment.ContainsKey((string)entry.Key))
            {
                result.Add($"{entry.Key}={entry.Value}");
            }
        }

        result.AddRange(command.Environment.Select(static pair => $"{pair.Key}={pair.Value}"));
        return result;
    }

    private static void Check(int error, ProcessCommand command)
    {
        if (error != 0)
        {
            throw new LinuxException((Errno)error, "execute", command.Program);
        }
    }
}
