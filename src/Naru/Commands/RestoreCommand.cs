using System.CommandLine;
using Naru.Backups;

namespace Naru.Commands;

/// <summary><c>naru restore</c>: puts a backup into an empty data directory.</summary>
internal static class RestoreCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "file that 'naru backup' wrote" };
        var command = new Command("restore", "Put a backup into an empty data directory; start naru afterwards") { file };
        command.AddSettings("data-dir", "run-dir");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = parsed.LoadSettings();
            var name = parsed.GetRequiredValue(file);
            await using var source = File.OpenRead(name);
            var header = await BackupReader.RestoreAsync(source, options.DataDirectory, cancellationToken);
            Console.Out.WriteLine($"restored {options.DataDirectory} as it was at {header["made"]}; start it with 'naru up --data-dir {options.DataDirectory}'");
            return ExitCodes.Success;
        });
        return command;
    }
}
