using System.CommandLine;

namespace Naru.Commands;

/// <summary><c>naru server</c>: the control plane of a cluster alone. Naru has no clusters yet, and says so.</summary>
internal static class ServerCommand
{
    public static Command Create()
    {
        var command = new Command("server", "Run a cluster's control plane alone (not in this version)");
        command.AddSettings();
        command.SetAction(int (parsed) =>
        {
            parsed.LoadSettings();
            throw new CommandFailure(
                ExitCodes.Usage,
                $"server: naru {BuildFacts.Version} has no clusters yet, so a server without containers has nothing to serve. 'naru up' runs both parts on this machine.");
        });
        return command;
    }
}
