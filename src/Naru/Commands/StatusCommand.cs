using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Naru.Administration;
using Naru.Core.Units;
using Naru.Output;
using Spectre.Console;

namespace Naru.Commands;

/// <summary><c>naru status</c>.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        var command = new Command("status", "Show what the running instance does");
        command.AddSettings("run-dir");
        command.AddOutput();
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = new AdminClient(parsed.LoadSettings());
            var report = (await client.SendAsync(HttpMethod.Get, AdminPaths.Status, null, cancellationToken))!.AsObject();
            if (parsed.Output() == OutputFormat.Text)
            {
                Print(report);
            }
            else
            {
                Document.Print(parsed.Output(), report);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static void Print(JsonObject report)
    {
        var grid = new Grid().AddColumn(new GridColumn { NoWrap = true, Padding = new Padding(0, 0, 3, 0) }).AddColumn(new GridColumn { NoWrap = true });
        void Row(string name, string value) => grid.AddRow(new Text(name), new Text(value));
        var disk = report["disk"]!;
        Row("naru", $"{report["version"]} ({report["commit"]}), process {report["process"]}, instance {report["instance"]}");
        Row("up for", Describe(TimeSpan.FromSeconds(report["uptimeSeconds"]!.GetValue<long>())));
        Row("memory", Size(report["residentBytes"]));
        if (report["dockerHost"] is { } host)
        {
            Row("docker", $"{host}{(report["dockerTls"] is { } tls ? $", {tls}" : "")}");
        }

        if (report["kubernetes"] is { } kubernetes)
        {
            Row("kubernetes", $"{kubernetes}, objects in {report["store"]}");
        }

        Row("data", $"{report["dataDirectory"]}, {Size(disk["freeBytes"])} of {Size(disk["totalBytes"])} free{(disk["budgetBytes"] is { } budget ? $", budget {Size(budget)}" : "")}");
        Row("containers", string.Join(", ", report["containers"]!.AsObject().Where(count => count.Key != "total").Select(count => $"{count.Value} {count.Key}").DefaultIfEmpty("none")));
        Row("images", $"{report["images"]}");
        Row("networks", $"{report["networks"]}");
        Row("volumes", $"{report["volumes"]}");
        Terminal.Write(grid);
    }

    private static string Size(JsonNode? bytes) => new ByteSize(bytes!.GetValue<long>()).ToString();

    private static string Describe(TimeSpan time) => time.TotalDays >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalDays} d {time.Hours} h")
        : time.TotalHours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{time.Hours} h {time.Minutes} min")
            : string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds} s");
}
