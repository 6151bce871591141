using System.CommandLine;
using Naru.Composition;

namespace Naru.Commands;

/// <summary><c>naru server</c>: the control plane of a cluster alone, in the foreground.</summary>
internal static class ServerCommand
{
    public static Command Create()
    {
        var command = new Command("server", "Run a cluster's control plane alone, without containers on this machine, until a signal says stop");
        command.AddSettings();
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await EngineHost.RunAsync(parsed.LoadSettings() with { Engine = false, Cluster = true }, cancellationToken);
            return ExitCodes.Success;
        });
        return command;
    }
}
