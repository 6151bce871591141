using Naru.Objects.Values;

namespace Naru.Objects.Apply;

/// <summary>Keeps <c>metadata.managedFields</c>: who owns which field of an object.</summary>
public static class ManagedFields
{
    /// <summary>Notes a write that is not an apply: the writer owns what it changed, the others no longer do. Called for every create, update and patch, before the object
    /// is stored.</summary>
    /// <remarks>Managed fields that the body brings count, so that clients can correct them; a list of one empty entry makes all forgotten, and an object whose managers
    /// are forgotten is not followed until it is applied.</remarks>
    /// <param name="old">What stands; null for a create.</param>
    /// <param name="body">What is written; its managed fields are set.</param>
    /// <param name="request">Who writes.</param>
    public static void Track(MapValue? old, MapValue body, ManagerRequest request)
    {
        var writer = new ManagerEntry(request.Manager, ManagerEntry.Update, request.ApiVersion, request.Subresource, ManagerEntry.Moment(request.Time), []);
        if (old is null)
        {
            ManagerList.Write(body, [writer with { Fields = FieldLimits.Strip(FieldCollector.Created(body, request.Schema), request.ResetFields) }]);
            return;
        }

        var entries = EntriesOf(old, body, request);
        if (entries.Count == 0)
        {
            body.Map("metadata")?.Remove("managedFields");
            return;
        }

        var comparison = FieldComparison.Of(old, body, request.Schema);
        FieldLimits.Strip(comparison.Changed, request.ResetFields);
        FieldLimits.Strip(comparison.Removed, request.ResetFields);
        Track(entries, comparison, writer);
        ManagerList.Write(body, entries);
    }

    private static void Track(List<ManagerEntry> entries, FieldComparison comparison, ManagerEntry writer)
    {
        if (comparison.IsSame)
        {
            return;
        }

        ManagerList.Take(entries, comparison, writer);
        if (comparison.Changed.Count == 0)
        {
            return;
        }

        var place = entries.FindIndex(writer.IsSameAs);
        if (place < 0)
        {
            entries.Add(writer with { Fields = comparison.Changed });
        }
        else
        {
            entries[place] = writer with { Fields = FieldSets.Union(entries[place].Fields, comparison.Changed) };
        }
    }

    private static List<ManagerEntry> EntriesOf(MapValue old, MapValue body, ManagerRequest request)
    {
        if (request.Subresource.Length == 0)
        {
            if (ManagerList.IsReset(body))
            {
                return [];
            }

            if (ManagerList.Read(body) is { Count: > 0 } brought)
            {
                return brought;
            }
        }

        return ManagerList.Read(old) ?? [];
    }
}
