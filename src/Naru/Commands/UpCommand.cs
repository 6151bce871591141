using System.CommandLine;
using Naru.Composition;

namespace Naru.Commands;

/// <summary><c>naru up</c>: the engine and its sockets, in the foreground.</summary>
internal static class UpCommand
{
    public static Command Create()
    {
        var command = new Command("up", "Run containers, and a Kubernetes cluster of this one machine, in the foreground until a signal says stop. Containers and pods outlive naru.");
        command.AddSettings();
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await EngineHost.RunAsync(parsed.LoadSettings(), cancellationToken);
            return ExitCodes.Success;
        });
        return command;
    }
}
