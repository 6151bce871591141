using Naru.Core.Errors;
using Naru.Objects.Values;

namespace Naru.Objects.Apply;

/// <summary>Server-side apply: a manager says which fields it wants, and with which values. It then owns them; what it no longer names and nobody else owns goes.</summary>
public static class ServerSideApply
{
    private const string BeforeFirstApply = "before-first-apply";

    /// <summary>Applies a configuration. Leaves its inputs as they were.</summary>
    /// <param name="live">What stands; null if nothing does.</param>
    /// <param name="config">The fields that the manager wants.</param>
    /// <param name="request">Who applies.</param>
    /// <exception cref="NaruException">Conflict: others own fields that would change, with a cause for each. InvalidArgument: the configuration is no good.</exception>
    public static ApplyResult Apply(MapValue? live, MapValue config, ApplyRequest request)
    {
        if (config.List("metadata", "managedFields") is { Count: > 0 })
        {
            throw NaruException.Invalid("metadata.managedFields must be nil");
        }

        var schema = request.Schema;
        config = FieldLimits.WithoutReset(config, request.ResetFields);
        var applier = new ManagerEntry(request.Manager, ManagerEntry.Apply, request.ApiVersion, request.Subresource, ManagerEntry.Moment(request.Time), FieldLimits.Strip(FieldCollector.Configured(config, schema), []));
        var entries = EntriesOf(live, request);
        var last = entries.Find(applier.IsSameAs);
        entries.RemoveAll(applier.IsSameAs);
        entries.Add(applier);

        var standing = live ?? [];
        var merged = TreeMerge.Maps(standing, config, schema);
        if (last is not null)
        {
            TreePruning.PruneObject(merged, schema, last.Fields, ManagerList.Owned(entries));
        }

        var comparison = FieldComparison.Of(standing, merged, schema);
        FieldLimits.Strip(comparison.Changed, request.ResetFields);
        FieldLimits.Strip(comparison.Removed, request.ResetFields);
        if (!request.Force && live is not null)
        {
            ApplyConflicts.Check(entries, comparison.Changed, applier, standing, request);
        }

        ManagerList.Take(entries, comparison, applier);
        var changed = live is null || !comparison.IsSame || last is null || last.ApiVersion != applier.ApiVersion || !last.Fields.DeepEquals(applier.Fields);
        if (!changed)
        {
            // Nothing to note: the time of the last apply stays.
            entries[entries.FindIndex(applier.IsSameAs)] = applier with { Time = last!.Time };
        }

        ManagerList.Write(merged, entries);
        return new ApplyResult(merged, changed);
    }

    private static List<ManagerEntry> EntriesOf(MapValue? live, ApplyRequest request)
    {
        if (live is null)
        {
            return [];
        }

        if (ManagerList.Read(live.CloneMap()) is { Count: > 0 } entries)
        {
            return entries;
        }

        var all = FieldLimits.Strip(FieldCollector.Created(live, request.Schema), []);
        return [new(BeforeFirstApply, ManagerEntry.Update, request.ApiVersion, "", ManagerEntry.Moment(request.Time), all)];
    }
}
