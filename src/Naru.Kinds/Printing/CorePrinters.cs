using System.Globalization;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Printing;

/// <summary>The tables of the core group's smaller kinds.</summary>
internal static class CorePrinters
{
    /// <summary>Namespaces.</summary>
    public static ITablePrinter Namespaces { get; } = new TablePrinter("Name, Status, Age", static (body, now) => [Cell.Name(body), Cell.Text(body, "", "status", "phase"), Cell.Age(body, now)]);

    /// <summary>Config maps.</summary>
    public static ITablePrinter ConfigMaps { get; } = new TablePrinter("Name, Data, Age", static (body, now) => [Cell.Name(body), body.Under("data").Count + body.Under("binaryData").Count, Cell.Age(body, now)]);

    /// <summary>Secrets.</summary>
    public static ITablePrinter Secrets { get; } = new TablePrinter("Name, Type, Data, Age", static (body, now) => [Cell.Name(body), body.Str("type"), body.Under("data").Count, Cell.Age(body, now)]);

    /// <summary>Persistent volumes.</summary>
    public static ITablePrinter Volumes { get; } = new TablePrinter("Name, Capacity, Access Modes, Reclaim Policy, Status, Claim, StorageClass, VolumeAttributesClass, Reason, Age, VolumeMode+", static (body, now) =>
    [
        Cell.Name(body), Cell.Text(body, "", "spec", "capacity", "storage"), Modes(body.Under("spec")), Cell.Text(body, "", "spec", "persistentVolumeReclaimPolicy"), Phase(body, "Terminating"),
        body.Map("spec", "claimRef") is { } claim ? $"{claim.Str("namespace")}/{claim.Str("name")}" : "", Cell.Text(body, "", "spec", "storageClassName"),
        Cell.Text(body, "<unset>", "spec", "volumeAttributesClassName"), Cell.Text(body, "", "status", "reason"), Cell.Age(body, now), Cell.Text(body, "<unset>", "spec", "volumeMode"),
    ]);

    /// <summary>Claims of volumes.</summary>
    public static ITablePrinter Claims { get; } = new TablePrinter("Name, Status, Volume, Capacity, Access Modes, StorageClass, VolumeAttributesClass, Age, VolumeMode+", static (body, now) =>
    {
        var bound = body.Text("spec", "volumeName") is { Length: > 0 };
        return
        [
            Cell.Name(body), Phase(body, "Terminating"), Cell.Text(body, "", "spec", "volumeName"), bound ? Cell.Text(body, "0", "status", "capacity", "storage") : "", bound ? Modes(body.Under("status")) : "",
            Cell.Text(body, "", "spec", "storageClassName"), Cell.Text(body, "<unset>", "spec", "volumeAttributesClassName"), Cell.Age(body, now), Cell.Text(body, "<unset>", "spec", "volumeMode"),
        ];
    });

    /// <summary>Resource quotas.</summary>
    public static ITablePrinter Quotas { get; } = new TablePrinter("Name, Request, Limit, Age", static (body, now) =>
    {
        var used = body.Under("status").Under("used");
        var parts = body.Under("status").Under("hard").OrderBy(static one => one.Key, StringComparer.Ordinal)
            .Select(one => (one.Key, Text: $"{one.Key}: {used[one.Key]?.ToString() ?? "0"}/{one.Value}")).ToLookup(static one => one.Key.StartsWith("limits.", StringComparison.Ordinal), static one => one.Text);
        return [Cell.Name(body), string.Join(", ", parts[false]), string.Join(", ", parts[true]), Cell.Age(body, now)];
    });

    /// <summary>Parts of the control plane.</summary>
    public static ITablePrinter Components { get; } = new TablePrinter("Name, Status, Message, Error", static (body, _) =>
    {
        var healthy = body.Maps("conditions").FirstOrDefault(static one => one.Str("type") == "Healthy") ?? [];
        var status = healthy.Str("status") switch { "True" => "Healthy", "False" => "Unhealthy", _ => "Unknown" };
        return [Cell.Name(body), status, healthy.Str("message"), healthy.Str("error")];
    });

    /// <summary>Events of both groups.</summary>
    public static ITablePrinter Events { get; } = new TablePrinter("Last Seen, Type, Reason, Object, Subobject+, Source+, Message, First Seen+, Count+, Name+", static (body, now) =>
    {
        var about = body.Map("involvedObject") ?? body.Under("regarding");
        var source = body.Map("source") ?? body.Under("deprecatedSource");
        var first = body.Text("firstTimestamp") ?? body.Text("deprecatedFirstTimestamp") ?? body.Text("eventTime");
        var last = body.Text("series", "lastObservedTime") ?? body.Text("lastTimestamp") ?? body.Text("deprecatedLastTimestamp") ?? first;
        var count = body.Integer("series", "count") ?? body.Integer("count") ?? body.Integer("deprecatedCount") ?? 1;
        var part = source.Str("component") is { Length: > 0 } component ? component : body.Text("reportingComponent") ?? body.Text("reportingController") ?? "";
        return
        [
            HumanDuration.Since(last, now), body.Str("type"), body.Str("reason"), $"{about.Str("kind").ToLowerInvariant()}/{about.Str("name")}", about.Str("fieldPath"),
            source.Str("host") is { Length: > 0 } host ? $"{part}, {host}" : part, (body.Text("message") ?? body.Text("note") ?? "").Trim(), HumanDuration.Since(first, now),
            count.ToString(CultureInfo.InvariantCulture), Cell.Name(body),
        ];
    });

    private static string Phase(MapValue body, string going) => body.Under("metadata").Has("deletionTimestamp") ? going : body.Text("status", "phase") ?? "";

    private static string Modes(MapValue holder) => string.Join(',', holder.Words("accessModes").Distinct().Select(static mode => mode switch
    {
        "ReadWriteOnce" => "RWO",
        "ReadOnlyMany" => "ROX",
        "ReadWriteMany" => "RWX",
        "ReadWriteOncePod" => "RWOP",
        _ => mode,
    }));
}
