using System.Collections.Immutable;
using System.Globalization;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Printing;

/// <summary>The table of pods: what went wrong with the first container that does not run stands for the pod.</summary>
internal static class PodPrinter
{
    /// <summary>The table.</summary>
    public static ITablePrinter Table { get; } = new TablePrinter("Name, Ready, Status, Restarts, Age, IP+, Node+, Nominated Node+, Readiness Gates+", Cells);

    private static ImmutableArray<Value> Cells(MapValue body, DateTimeOffset now)
    {
        var spec = body.Under("spec");
        var status = body.Under("status");
        var look = new PodLook(body);
        var restarts = look.Restarts.ToString(CultureInfo.InvariantCulture);
        if (look.Restarts > 0 && look.LastRestart is { } last)
        {
            restarts += $" ({HumanDuration.Since(last, now)} ago)";
        }

        return
        [
            Cell.Name(body), string.Create(CultureInfo.InvariantCulture, $"{look.Ready}/{look.Total}"), look.Reason, restarts, Cell.Age(body, now),
            status.Entries("podIPs").Select(static one => one.Entry.Str("ip")).FirstOrDefault() ?? Cell.Text(status, Cell.None, "podIP"),
            Cell.Text(spec, Cell.None, "nodeName"), Cell.Text(status, Cell.None, "nominatedNodeName"), Gates(spec, status),
        ];
    }

    private static string Gates(MapValue spec, MapValue status)
    {
        var count = spec.CountOf("readinessGates");
        if (count == 0)
        {
            return Cell.None;
        }

        var met = spec.Entries("readinessGates").Count(gate => status.Entries("conditions").Any(one => one.Entry.Str("type") == gate.Entry.Str("conditionType") && one.Entry.Str("status") == "True"));
        return string.Create(CultureInfo.InvariantCulture, $"{met}/{count}");
    }
}
