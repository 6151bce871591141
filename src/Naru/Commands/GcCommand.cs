using System.CommandLine;
using System.Globalization;
using Naru.Administration;
using Naru.Core.Units;
using Naru.Output;
using Spectre.Console;

namespace Naru.Commands;

/// <summary><c>naru gc</c>: gives disk space back.</summary>
internal static class GcCommand
{
    public static Command Create()
    {
        var bytes = new Option<string>("--free") { Description = "stop when this much is free; default: all that is unused", HelpName = "SIZE" };
        var age = new Option<string>("--unused-for") { Description = "leave what was used since", HelpName = "TIME", DefaultValueFactory = _ => "24h" };
        var command = new Command("gc", "Remove build cache, dead containers and images that nothing uses; never volumes") { bytes, age };
        command.AddSettings("run-dir");
        command.AddOutput();
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var query = string.Create(CultureInfo.InvariantCulture, $"?unusedForSeconds={EnvCommand.ReadTime(parsed.GetRequiredValue(age)).TotalSeconds}");
            if (parsed.GetValue(bytes) is { } text)
            {
                query += ByteSize.TryParse(text, out var size) && size > ByteSize.Zero
                    ? $"&bytes={size.Bytes}"
                    : throw new CommandFailure(ExitCodes.Usage, $"--free: \"{text}\" must be a size such as 512m or 20g");
            }

            using var client = new AdminClient(parsed.LoadSettings());
            var freed = (await client.SendAsync(HttpMethod.Post, AdminPaths.Reclaim + query, null, cancellationToken))!.AsArray();
            if (parsed.Output() != OutputFormat.Text)
            {
                Document.Print(parsed.Output(), freed);
                return ExitCodes.Success;
            }

            var table = Terminal.Table("WHAT", "RECLAIMED");
            foreach (var part in freed)
            {
                table.AddRow(new Text(part!["what"]!.GetValue<string>()), new Text(new ByteSize(part["bytes"]!.GetValue<long>()).ToString()));
            }

            table.AddRow(new Text("total"), new Text(new ByteSize(freed.Sum(part => part!["bytes"]!.GetValue<long>())).ToString()));
            Terminal.Write(table);
            return ExitCodes.Success;
        });
        return command;
    }
}
