using Naru.Core.Errors;
using Naru.Objects.Json;
using Naru.Objects.Schemas;
using Naru.Objects.Values;

namespace Naru.Objects.Apply;

/// <summary>Fields that an applier wants to change and others own.</summary>
internal static class ApplyConflicts
{
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    /// <summary>Throws if there are any.</summary>
    public static void Check(List<ManagerEntry> entries, MapValue changed, ManagerEntry applier, MapValue live, ApplyRequest request)
    {
        var conflicts = new List<(ManagerEntry Entry, MapValue Fields)>();
        var allowed = AllowedByAnnotation(live, request);
        foreach (var entry in entries)
        {
            if (!entry.IsSameAs(applier) && FieldSets.Both(entry.Fields, changed) is { Count: > 0 } fields)
            {
                conflicts.Add((entry, fields));
            }
        }

        if (conflicts.Any(conflict => FieldSets.Minus(conflict.Fields, allowed).Count > 0))
        {
            throw Failure(conflicts);
        }
    }

    private static NaruException Failure(List<(ManagerEntry Entry, MapValue Fields)> conflicts)
    {
        var found = conflicts
            .SelectMany(static conflict => FieldSets.Paths(conflict.Fields).Select(path => (Manager: conflict.Entry.Show(), Path: path)))
            .OrderBy(static one => one.Manager, StringComparer.Ordinal).ThenBy(static one => one.Path, StringComparer.Ordinal).ToList();
        var lines = found.GroupBy(static one => one.Manager).SelectMany(static group => group.Select(static one => $"- {one.Path}").Prepend($"conflicts with {group.Key}:"));
        var message = found.Count == 1
            ? $"Apply failed with 1 conflict: conflict with {found[0].Manager}: {found[0].Path}"
            : $"Apply failed with {found.Count} conflicts: {string.Join("\n", lines)}";
        return new NaruException(ErrorKind.Conflict, message)
        {
            Details = new FailureDetails { Causes = [.. found.Select(static one => new FailureCause("FieldManagerConflict", $"conflict with {one.Manager}", one.Path))] },
        };
    }

    // kubectl that applied on its own side before may take over what still stands as it applied it.
    private static MapValue AllowedByAnnotation(MapValue live, ApplyRequest request)
    {
        if (request.Manager != "kubectl" || request.Subresource.Length > 0 || live.Text("metadata", "annotations", LastApplied) is not { } text)
        {
            return [];
        }

        try
        {
            return JsonText.Parse(text) is MapValue applied ? Unchanged(applied, live, request.Schema) : [];
        }
        catch (NaruException)
        {
            return [];
        }
    }

    private static MapValue Unchanged(MapValue applied, MapValue live, ISchema? schema) =>
        FieldSets.Minus(FieldCollector.Configured(applied, schema), FieldComparison.Of(live, applied, schema).Changed);
}
