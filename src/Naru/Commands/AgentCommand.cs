using System.CommandLine;

namespace Naru.Commands;

/// <summary><c>naru agent</c>: the part of a cluster's node on a machine of its own. Clusters have one node yet, and it says so.</summary>
internal static class AgentCommand
{
    public static Command Create()
    {
        var server = new Option<string>("--server") { Description = "address of a naru server", HelpName = "URL" };
        var token = new Option<string>("--token") { Description = "token that the server handed out", HelpName = "TOKEN" };
        var command = new Command("agent", "Join this machine to a cluster (not in this version)") { server, token };
        command.SetAction(int (parsed) =>
        {
            string[] missing = [.. new[] { server, token }.Where(option => parsed.GetValue(option) is null).Select(option => option.Name)];
            var needed = missing.Length > 0 ? $"{string.Join(" and ", missing)} {(missing.Length == 1 ? "is" : "are")} missing, and " : "";
            throw new CommandFailure(
                ExitCodes.Usage,
                $"agent: {needed}naru {BuildFacts.Version} runs clusters of one node, which no other machine can join yet. 'naru up' runs such a cluster on this machine.");
        });
        return command;
    }
}
