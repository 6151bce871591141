using System.CommandLine;
using System.Text.Json.Nodes;
using Naru.Output;

namespace Naru.Commands;

/// <summary><c>naru version</c>.</summary>
internal static class VersionCommand
{
    public static Command Create()
    {
        var command = new Command("version", "Print the version of this executable");
        command.AddOutput();
        command.SetAction(parsed =>
        {
            if (parsed.Output() == OutputFormat.Text)
            {
                return PrintPlain();
            }

            Document.Print(parsed.Output(), new JsonObject
            {
                ["version"] = BuildFacts.Version,
                ["commit"] = BuildFacts.Commit,
                ["built"] = BuildFacts.Time,
                ["platform"] = BuildFacts.Platform,
            });
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>The short path: nothing else of naru is touched before it.</summary>
    public static int PrintPlain()
    {
        Console.Out.WriteLine($"naru {BuildFacts.Version} ({BuildFacts.Commit}, {BuildFacts.Platform})");
        return ExitCodes.Success;
    }
}
