using System.CommandLine;
using System.Text.Json.Nodes;
using Naru.Linux.Doctor;
using Naru.Output;
using Spectre.Console;

namespace Naru.Commands;

/// <summary><c>naru doctor</c>: looks over the host, says what is missing and how to mend it, or mends it.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var fix = new Option<bool>("--fix") { Description = "mend what can be mended" };
        var command = new Command("doctor", "Check this host and say how to mend what is missing") { fix };
        command.AddSettings("data-dir", "run-dir", "runtime", "socket-group");
        command.AddOutput();
        command.SetAction(parsed =>
        {
            var options = parsed.LoadSettings();
            var checks = HostSurvey.Checks(options.DataDirectory, options.Runtime).Concat(InstanceChecks.All(options));
            var reports = checks.Select(check => HostSurvey.Run(check, parsed.GetValue(fix))).ToArray();
            if (parsed.Output() == OutputFormat.Text)
            {
                Print(reports);
            }
            else
            {
                Document.Print(parsed.Output(), new JsonArray([.. reports.Select(Describe)]));
            }

            return reports.Any(report => report.Finding.Outcome == HostOutcome.Bad) ? ExitCodes.HostUnfit : ExitCodes.Success;
        });
        return command;
    }

    private static void Print(HostReport[] reports)
    {
        var console = Terminal.Open();
        foreach (var area in reports.GroupBy(report => report.Check.Area))
        {
            console.MarkupLineInterpolated($"[bold]{area.Key}[/]");
            foreach (var (check, finding, mended) in area)
            {
                var (mark, colour) = (finding.Outcome, mended) switch
                {
                    (HostOutcome.Good, true) => ("mended", "green"),
                    (HostOutcome.Good, _) => ("ok", "green"),
                    (HostOutcome.Notice, _) => ("note", "yellow"),
                    _ => ("BAD", "red"),
                };
                console.MarkupLine($"  [{colour}]{mark,-6}[/] {check.Name,-15} {Markup.Escape(finding.Text)}");
                if (finding is { Outcome: not HostOutcome.Good, Remedy: { } remedy })
                {
                    var how = check.Mend is null ? remedy : remedy + "  (or: naru doctor --fix)";
                    console.MarkupLine($"         {"",-15} [dim]{Markup.Escape("→ " + how)}[/]");
                }
            }
        }

        var bad = reports.Count(report => report.Finding.Outcome == HostOutcome.Bad);
        console.WriteLine();
        console.WriteLine(bad == 0 ? "This host is fit for containers." : $"{bad} of {reports.Length} checks failed: containers will not run, or not as asked.");
    }

    private static JsonNode Describe(HostReport report) => new JsonObject
    {
        ["area"] = report.Check.Area,
        ["name"] = report.Check.Name,
        ["outcome"] = report.Finding.Outcome.ToString().ToLowerInvariant(),
        ["text"] = report.Finding.Text,
        ["remedy"] = report.Finding.Remedy,
        ["mendable"] = report.Check.Mend is not null,
        ["mended"] = report.Mended,
    };
}
