using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Printing;

/// <summary>The tables of storage, networks, policies and the rest of the cluster's rules.</summary>
internal static class ClusterPrinters
{
    /// <summary>Budgets of disruptions.</summary>
    public static ITablePrinter Budgets { get; } = new TablePrinter("Name, Min Available, Max Unavailable, Allowed Disruptions#, Age", static (body, now) =>
    [
        Cell.Name(body), body.At("spec", "minAvailable")?.ToString() ?? "N/A", body.At("spec", "maxUnavailable")?.ToString() ?? "N/A", Cell.Number(body, "status", "disruptionsAllowed"), Cell.Age(body, now),
    ]);

    /// <summary>Storage classes; the default one is marked.</summary>
    public static ITablePrinter StorageClasses { get; } = new TablePrinter("Name, Provisioner, ReclaimPolicy, VolumeBindingMode, AllowVolumeExpansion, Age", static (body, now) =>
    [
        Marked(body, "storageclass.kubernetes.io/is-default-class"), body.Str("provisioner"), Cell.Text(body, "Delete", "reclaimPolicy"), Cell.Text(body, "Immediate", "volumeBindingMode"),
        body.Flag("allowVolumeExpansion") ? "true" : "false", Cell.Age(body, now),
    ]);

    /// <summary>Attachments of volumes.</summary>
    public static ITablePrinter Attachments { get; } = new TablePrinter("Name, Attacher=, PV, Node, Attached!, Age", static (body, now) =>
    [
        Cell.Name(body), Cell.Text(body, "", "spec", "attacher"), Cell.Text(body, "", "spec", "source", "persistentVolumeName"), Cell.Text(body, "", "spec", "nodeName"),
        body.Boolean("status", "attached") == true, Cell.Age(body, now),
    ]);

    /// <summary>Classes of volume attributes.</summary>
    public static ITablePrinter AttributesClasses { get; } = new TablePrinter("Name, DriverName, Age", static (body, now) => [Cell.Name(body), body.Str("driverName"), Cell.Age(body, now)]);

    /// <summary>CSI drivers.</summary>
    public static ITablePrinter Drivers { get; } = new TablePrinter("Name, AttachRequired!, PodInfoOnMount!, StorageCapacity!, TokenRequests, RequiresRepublish!, Modes, Age", static (body, now) =>
    {
        var spec = body.Under("spec");
        var tokens = string.Join(',', spec.Entries("tokenRequests").Select(static one => one.Entry.Str("audience")));
        return
        [
            Cell.Name(body), spec.Boolean("attachRequired") != false, spec.Flag("podInfoOnMount"), spec.Flag("storageCapacity"), tokens.Length == 0 ? "<unset>" : tokens, spec.Flag("requiresRepublish"),
            spec.CountOf("volumeLifecycleModes") == 0 ? Cell.None : string.Join(',', spec.Words("volumeLifecycleModes")), Cell.Age(body, now),
        ];
    });

    /// <summary>What CSI drivers say of nodes.</summary>
    public static ITablePrinter CsiNodes { get; } = new TablePrinter("Name, Drivers#, Age", static (body, now) => [Cell.Name(body), body.Under("spec").CountOf("drivers"), Cell.Age(body, now)]);

    /// <summary>Classes of ingresses.</summary>
    public static ITablePrinter IngressClasses { get; } = new TablePrinter("Name, Controller, Parameters, Age", static (body, now) =>
    {
        var target = body.Map("spec", "parameters");
        var text = target is null ? Cell.None : $"{target.Str("kind")}{(target.Str("apiGroup") is { Length: > 0 } group ? "." + group : "")}/{target.Str("name")}";
        return [Cell.Name(body), Cell.Text(body, "", "spec", "controller"), text, Cell.Age(body, now)];
    });

    /// <summary>Network policies.</summary>
    public static ITablePrinter NetworkPolicies { get; } = new TablePrinter("Name, Pod-Selector, Age", static (body, now) => [Cell.Name(body), Cell.Selector(body.Map("spec", "podSelector")), Cell.Age(body, now)]);

    /// <summary>Ranges of services' addresses.</summary>
    public static ITablePrinter ServiceRanges { get; } = new TablePrinter("Name, CIDRs, Age", static (body, now) => [Cell.Name(body), string.Join(',', body.Under("spec").Words("cidrs")), Cell.Age(body, now)]);

    /// <summary>Addresses in use.</summary>
    public static ITablePrinter Addresses { get; } = new TablePrinter("Name, ParentRef", static (body, _) =>
    {
        var parent = body.Under("spec").Under("parentRef");
        return [Cell.Name(body), string.Join('/', new[] { parent.Str("resource") + (parent.Str("group").Length > 0 ? "." + parent.Str("group") : ""), parent.Str("namespace"), parent.Str("name") }.Where(static one => one.Length > 0))];
    });

    /// <summary>Classes of priority.</summary>
    public static ITablePrinter PriorityClasses { get; } = new TablePrinter("Name, Value#, Global-Default!, Age, PreemptionPolicy", static (body, now) =>
        [Cell.Name(body), Cell.Number(body, "value"), body.Flag("globalDefault"), Cell.Age(body, now), body.Str("preemptionPolicy")]);

    /// <summary>Leases.</summary>
    public static ITablePrinter Leases { get; } = new TablePrinter("Name, Holder, Age", static (body, now) => [Cell.Name(body), Cell.Text(body, "", "spec", "holderIdentity"), Cell.Age(body, now)]);

    /// <summary>Classes of runtimes.</summary>
    public static ITablePrinter RuntimeClasses { get; } = new TablePrinter("Name, Handler, Age", static (body, now) => [Cell.Name(body), body.Str("handler"), Cell.Age(body, now)]);

    /// <summary>Claims of devices.</summary>
    public static ITablePrinter DeviceClaims { get; } = new TablePrinter("Name, State, Age", static (body, now) =>
    {
        var words = new List<string>();
        words.Add(body.Under("metadata").Has("deletionTimestamp") ? "deleted" : "");
        words.Add(body.Under("status").Has("allocation") ? "allocated" : "pending");
        words.Add(body.Under("status").CountOf("reservedFor") > 0 ? "reserved" : "");
        return [Cell.Name(body), string.Join(',', words.Where(static one => one.Length > 0)), Cell.Age(body, now)];
    });

    /// <summary>What devices there are.</summary>
    public static ITablePrinter DeviceSlices { get; } = new TablePrinter("Name, Node, Driver, Pool, Age", static (body, now) =>
        [Cell.Name(body), Cell.Text(body, "<unset>", "spec", "nodeName"), Cell.Text(body, "", "spec", "driver"), Cell.Text(body, "", "spec", "pool", "name"), Cell.Age(body, now)]);

    private static string Marked(MapValue body, string annotation) =>
        body.Map("metadata", "annotations")?.Str(annotation) == "true" ? $"{body.Text("metadata", "name")} (default)" : body.Text("metadata", "name") ?? "";
}
