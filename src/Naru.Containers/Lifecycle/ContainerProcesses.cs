using System.Collections.Immutable;
using System.Globalization;
using Naru.Containers.Engine;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Linux.Files;
using Naru.Linux.Processes;

namespace Naru.Containers.Lifecycle;

/// <summary>Shows the processes of a container through the host's ps, as Docker does: any of its formats works.</summary>
internal sealed class ContainerProcesses(RunLayout layout, ProcessRunner runner)
{
    public async Task<ProcessTable> ListAsync(ContainerCell cell, string psArguments, CancellationToken cancellationToken)
    {
        var container = cell.Value;
        if (!container.IsLive)
        {
            throw NaruException.Conflict($"container {container.Id} is not running");
        }

        var arguments = psArguments.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        foreach (var argument in arguments)
        {
            if (argument.Contains("pid=", StringComparison.OrdinalIgnoreCase))
            {
                throw NaruException.Invalid($"specifying \"{argument}\" is not allowed");
            }
        }

        var pids = layout.CgroupOf(container).Processes().ToHashSet();
        var result = await RunAsync(arguments.Length == 0 ? ["-ef"] : arguments, cancellationToken);
        return Parse(result, pids);
    }

    private async Task<string> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        try
        {
            var result = await runner.RunAsync(new ProcessCommand { Program = "ps", Arguments = [.. arguments] }, cancellationToken);
            return result.Exit.Succeeded ? result.Output : throw NaruException.Invalid($"ps: {result.Error.Trim()}");
        }
        catch (LinuxException failure) when (failure.Errno == Errno.NotFound)
        {
            throw new NaruException(ErrorKind.FailedPrecondition, "this host has no ps: install procps", failure);
        }
    }

    private static ProcessTable Parse(string output, HashSet<int> pids)
    {
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var titles = lines.Length == 0 ? [] : lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var pidColumn = Array.IndexOf(titles, "PID");
        if (pidColumn < 0)
        {
            throw NaruException.Invalid("Couldn't find PID field in ps output");
        }

        var rows = ImmutableArray.CreateBuilder<ImmutableArray<string>>();
        var previousMatched = false;
        foreach (var line in lines.Skip(1))
        {
            var fields = Fields(line, titles.Length);
            if (fields.Length > pidColumn && fields[pidColumn] == "-")
            {
                // A thread's row (ps -m) belongs to the process above it.
                if (previousMatched)
                {
                    rows.Add([.. fields]);
                }

                continue;
            }

            previousMatched = fields.Length > pidColumn
                && int.TryParse(fields[pidColumn], NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && pids.Contains(pid);
            if (previousMatched)
            {
                rows.Add([.. fields]);
            }
        }

        return new ProcessTable([.. titles], rows.ToImmutable());
    }

    // The last column is a command line and may hold blanks.
    private static string[] Fields(string line, int count)
    {
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length <= count ? fields : [.. fields[..(count - 1)], string.Join(' ', fields[(count - 1)..])];
    }
}
