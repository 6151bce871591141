using System.Collections.Immutable;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Printing;

/// <summary>The table of nodes.</summary>
internal static class NodePrinter
{
    private const string RolePrefix = "node-role.kubernetes.io/";

    /// <summary>The table.</summary>
    public static ITablePrinter Table { get; } = new TablePrinter("Name, Status, Roles, Age, Version, Internal-IP+, External-IP+, OS-Image+, Kernel-Version+, Container-Runtime+", Cells);

    private static ImmutableArray<Value> Cells(MapValue body, DateTimeOffset now)
    {
        var info = body.Under("status").Under("nodeInfo");
        return
        [
            Cell.Name(body), Status(body), Roles(body), Cell.Age(body, now), info.Str("kubeletVersion"), Address(body, "InternalIP"), Address(body, "ExternalIP"),
            Cell.Text(info, "<unknown>", "osImage"), Cell.Text(info, "<unknown>", "kernelVersion"), Cell.Text(info, "<unknown>", "containerRuntimeVersion"),
        ];
    }

    private static string Status(MapValue body)
    {
        var ready = body.Maps("status", "conditions").FirstOrDefault(static one => one.Str("type") == "Ready");
        var word = ready is null ? "Unknown" : ready.Str("status") == "True" ? "Ready" : "NotReady";
        return body.Boolean("spec", "unschedulable") == true ? word + ",SchedulingDisabled" : word;
    }

    private static string Roles(MapValue body)
    {
        var roles = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (key, value) in (body.Map("metadata", "labels") ?? []).AsSpan())
        {
            if (key.StartsWith(RolePrefix, StringComparison.Ordinal) && key.Length > RolePrefix.Length)
            {
                roles.Add(key[RolePrefix.Length..]);
            }
            else if (key == "kubernetes.io/role" && value is TextValue { Text.Length: > 0 } role)
            {
                roles.Add(role.Text);
            }
        }

        return roles.Count == 0 ? Cell.None : string.Join(',', roles);
    }

    private static string Address(MapValue body, string type) =>
        body.Maps("status", "addresses").FirstOrDefault(one => one.Str("type") == type)?.Str("address") is { Length: > 0 } address ? address : Cell.None;
}
