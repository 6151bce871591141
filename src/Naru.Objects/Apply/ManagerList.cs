using System.Runtime.InteropServices;
using Naru.Objects.Values;

namespace Naru.Objects.Apply;

/// <summary>The managers of an object.</summary>
internal static class ManagerList
{
    private const string Field = "managedFields";
    private const string Ancient = "ancient-changes";
    private const int MostUpdaters = 10;
    private const int MostEntries = 256;

    /// <summary>The managers that an object names; null if one of the entries is broken, or there are too many to be real.</summary>
    public static List<ManagerEntry>? Read(MapValue body)
    {
        var entries = new List<ManagerEntry>();
        if (body.List("metadata", Field) is { Count: > MostEntries })
        {
            return null;
        }

        foreach (var value in body.List("metadata", Field) ?? [])
        {
            if (ManagerEntry.Read(value) is not { } entry)
            {
                return null;
            }

            entries.Add(entry);
        }

        return entries;
    }

    /// <summary>Whether a client asks to forget all managers: a list of one empty entry.</summary>
    public static bool IsReset(MapValue body) => body.List("metadata", Field) is { Count: 1 } list && list[0] is MapValue { Count: 0 };

    /// <summary>Writes managers into an object: those that own nothing are dropped, and the eldest updaters joined when there are too many.</summary>
    public static void Write(MapValue body, List<ManagerEntry> entries)
    {
        entries.RemoveAll(static entry => entry.Fields.Count == 0);
        Cap(entries);
        if (entries.Count == 0)
        {
            body.Map("metadata")?.Remove(Field);
            return;
        }

        var list = new ListValue();
        foreach (var entry in entries.Count == 1 ? entries : Sorted(entries))
        {
            list.Add(entry.Write());
        }

        body.MakeMap("metadata")[Field] = list;
    }

    /// <summary>All fields that any of the managers owns.</summary>
    public static MapValue Owned(List<ManagerEntry> entries) => entries.Aggregate(new MapValue(), static (owned, entry) => FieldSets.Union(owned, entry.Fields));

    /// <summary>Takes fields away from managers.</summary>
    public static void Take(List<ManagerEntry> entries, FieldComparison comparison, ManagerEntry but)
    {
        foreach (ref var entry in CollectionsMarshal.AsSpan(entries))
        {
            var fields = FieldSets.Minus(entry.Fields, comparison.Removed);
            fields = entry.IsSameAs(but) ? fields : FieldSets.Minus(fields, comparison.Changed);
            entry = ReferenceEquals(fields, entry.Fields) ? entry : entry with { Fields = fields };
        }
    }

    private static IEnumerable<ManagerEntry> Sorted(List<ManagerEntry> entries) => entries
        .OrderBy(static entry => entry.Operation, StringComparer.Ordinal)
        .ThenBy(static entry => entry.Time, StringComparer.Ordinal)
        .ThenBy(static entry => entry.Manager, StringComparer.Ordinal)
        .ThenBy(static entry => entry.ApiVersion, StringComparer.Ordinal)
        .ThenBy(static entry => entry.Subresource, StringComparer.Ordinal);

    private static void Cap(List<ManagerEntry> entries)
    {
        var excess = entries.Count <= MostUpdaters ? 0 : entries.Count(static entry => entry.Operation == ManagerEntry.Update) - MostUpdaters;
        if (excess <= 0)
        {
            return;
        }

        var buckets = entries.Where(static entry => entry is { Manager: Ancient, Operation: ManagerEntry.Update, Subresource: "" }).ToDictionary(static entry => entry.ApiVersion);
        var joined = buckets.Values.ToHashSet();
        foreach (var entry in Sorted(entries).Where(entry => entry.Operation == ManagerEntry.Update && !joined.Contains(entry)).ToList())
        {
            // The eldest make room; the first of a version becomes the entry that the others go into.
            if (excess <= 0)
            {
                break;
            }

            entries.Remove(entry);
            if (buckets.TryGetValue(entry.ApiVersion, out var bucket))
            {
                entries.Remove(bucket);
                excess--;
            }

            var made = entry with { Manager = Ancient, Subresource = "", Fields = bucket is null ? entry.Fields : FieldSets.Union(bucket.Fields, entry.Fields) };
            buckets[entry.ApiVersion] = made;
            entries.Add(made);
        }
    }
}
