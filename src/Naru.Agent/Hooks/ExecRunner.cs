using System.Collections.Immutable;
using System.Text;
using Naru.Core.Containers;

namespace Naru.Agent.Hooks;

/// <summary>Runs commands in containers and waits for their end.</summary>
internal sealed class ExecRunner(IExecs execs)
{
    private const int MostOutput = 10 * 1024;

    /// <summary>Runs a command; its exit code and the begin of what it wrote.</summary>
    public async Task<ExecResult> RunAsync(string container, ImmutableArray<string> command, CancellationToken cancellationToken)
    {
        var session = await execs.CreateAsync(container, new ExecSpec { Command = command, AttachOutput = true, AttachError = true }, cancellationToken);
        await using var attachment = await execs.StartAsync(session.Id, new ExecStartOptions(false, false), cancellationToken);
        var output = await ReadAsync(attachment!, cancellationToken);
        return new ExecResult(execs.Get(session.Id).ExitCode ?? -1, output);
    }

    private static async Task<string> ReadAsync(IAttachment attachment, CancellationToken cancellationToken)
    {
        var kept = new MemoryStream();
        var buffer = new byte[4096];
        while (await attachment.ReadAsync(buffer, cancellationToken) is { Count: > 0 } piece)
        {
            kept.Write(buffer, 0, (int)Math.Min(piece.Count, MostOutput - kept.Length));
        }

        return Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);
    }
}

/// <summary>How a command ended.</summary>
internal sealed record ExecResult(int ExitCode, string Output);
