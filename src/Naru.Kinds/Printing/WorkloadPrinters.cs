using System.Globalization;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Printing;

/// <summary>The tables of what keeps pods running.</summary>
internal static class WorkloadPrinters
{
    /// <summary>Deployments.</summary>
    public static ITablePrinter Deployments { get; } = new TablePrinter("Name, Ready, Up-to-date, Available, Age, Containers+, Images+, Selector+", static (body, now) =>
    {
        var (names, images) = Template(body);
        return [Cell.Name(body), OfWished(body), Status(body, "updatedReplicas"), Status(body, "availableReplicas"), Cell.Age(body, now), names, images, Selector(body)];
    });

    /// <summary>Replica sets.</summary>
    public static ITablePrinter ReplicaSets { get; } = new TablePrinter("Name, Desired#, Current#, Ready#, Age, Containers+, Images+, Selector+", static (body, now) =>
    {
        var (names, images) = Template(body);
        return [Cell.Name(body), Cell.Number(body, "spec", "replicas"), Status(body, "replicas"), Status(body, "readyReplicas"), Cell.Age(body, now), names, images, Selector(body)];
    });

    /// <summary>Replication controllers.</summary>
    public static ITablePrinter ReplicationControllers { get; } = new TablePrinter("Name, Desired#, Current#, Ready#, Age, Containers+, Images+, Selector+", static (body, now) =>
    {
        var (names, images) = Template(body);
        return [Cell.Name(body), Cell.Number(body, "spec", "replicas"), Status(body, "replicas"), Status(body, "readyReplicas"), Cell.Age(body, now), names, images, Cell.Labels(body.Map("spec", "selector"))];
    });

    /// <summary>Stateful sets.</summary>
    public static ITablePrinter StatefulSets { get; } = new TablePrinter("Name, Ready, Age, Containers+, Images+", static (body, now) =>
    {
        var (names, images) = Template(body);
        return [Cell.Name(body), OfWished(body), Cell.Age(body, now), names, images];
    });

    /// <summary>Daemon sets.</summary>
    public static ITablePrinter DaemonSets { get; } = new TablePrinter("Name, Desired#, Current#, Ready#, Up-to-date#, Available#, Node Selector, Age, Containers+, Images+, Selector+", static (body, now) =>
    {
        var (names, images) = Template(body);
        return
        [
            Cell.Name(body), Status(body, "desiredNumberScheduled"), Status(body, "currentNumberScheduled"), Status(body, "numberReady"), Status(body, "updatedNumberScheduled"), Status(body, "numberAvailable"),
            Cell.Labels(body.Map("spec", "template", "spec", "nodeSelector")), Cell.Age(body, now), names, images, Selector(body),
        ];
    });

    /// <summary>Jobs.</summary>
    public static ITablePrinter Jobs { get; } = new TablePrinter("Name, Status, Completions, Duration, Age, Containers+, Images+, Selector+", static (body, now) =>
    {
        var (names, images) = Template(body);
        return [Cell.Name(body), JobStatus(body), Completions(body), Duration(body, now), Cell.Age(body, now), names, images, Selector(body)];
    });

    /// <summary>Cron jobs.</summary>
    public static ITablePrinter CronJobs { get; } = new TablePrinter("Name, Schedule, Timezone, Suspend!, Active#, Last Schedule, Age, Containers+, Images+, Selector+", static (body, now) =>
    {
        var (names, images) = Cell.Containers(body.Map("spec", "jobTemplate", "spec", "template", "spec"));
        var last = body.Text("status", "lastScheduleTime");
        return
        [
            Cell.Name(body), Cell.Text(body, "", "spec", "schedule"), Cell.Text(body, Cell.None, "spec", "timeZone"), body.Boolean("spec", "suspend") == true ? "True" : "False",
            body.Under("status").CountOf("active"), last is null ? Cell.None : HumanDuration.Since(last, now), Cell.Age(body, now), names, images, Cell.Selector(body.Map("spec", "jobTemplate", "spec", "selector")),
        ];
    });

    /// <summary>Revisions of stateful and daemon sets.</summary>
    public static ITablePrinter Revisions { get; } = new TablePrinter("Name, Controller, Revision, Age", static (body, now) =>
    {
        var owner = body.Maps("metadata", "ownerReferences").FirstOrDefault(static one => one.Flag("controller"));
        var name = owner is null ? Cell.None : $"{owner.Str("kind").ToLowerInvariant()}{(owner.Str("apiVersion").Split('/') is [var group, _] ? "." + group : "")}/{owner.Str("name")}";
        return [Cell.Name(body), name, Cell.Number(body, "revision"), Cell.Age(body, now)];
    });

    /// <summary>Pod templates.</summary>
    public static ITablePrinter PodTemplates { get; } = new TablePrinter("Name, Containers, Images, Pod Labels", static (body, _) =>
    {
        var (names, images) = Cell.Containers(body.Map("template", "spec"));
        return [Cell.Name(body), names, images, Cell.Labels(body.Map("template", "metadata", "labels"))];
    });

    private static (string Names, string Images) Template(MapValue body) => Cell.Containers(body.Map("spec", "template", "spec"));

    private static string Selector(MapValue body) => Cell.Selector(body.Map("spec", "selector"));

    private static Value Status(MapValue body, string field) => Cell.Number(body, "status", field);

    private static string OfWished(MapValue body) => $"{Cell.NumberText(body, "status", "readyReplicas")}/{Cell.NumberText(body, "spec", "replicas")}";

    private static string JobStatus(MapValue body)
    {
        var conditions = body.Maps("status", "conditions").Where(static one => one.Str("status") == "True").Select(static one => one.Str("type")).ToHashSet();
        return conditions.Contains("Complete") ? "Complete"
            : conditions.Contains("Failed") ? "Failed"
            : body.Under("metadata").Has("deletionTimestamp") ? "Terminating"
            : conditions.Contains("Suspended") ? "Suspended"
            : conditions.Contains("FailureTarget") ? "FailureTarget"
            : conditions.Contains("SuccessCriteriaMet") ? "SuccessCriteriaMet"
            : "Running";
    }

    private static string Completions(MapValue body)
    {
        var done = Cell.NumberText(body, "status", "succeeded");
        return body.Integer("spec", "completions") is { } wished ? string.Create(CultureInfo.InvariantCulture, $"{done}/{wished}")
            : body.Integer("spec", "parallelism") is > 1 and var width ? string.Create(CultureInfo.InvariantCulture, $"{done}/1 of {width}")
            : $"{done}/1";
    }

    private static string Duration(MapValue body, DateTimeOffset now)
    {
        if (body.Text("status", "startTime") is not { } start)
        {
            return "";
        }

        var end = body.Text("status", "completionTime");
        return HumanDuration.Since(start, end is null ? now : DateTimeOffset.Parse(end, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));
    }
}
