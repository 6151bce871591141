using Naru.Objects.Values;

namespace Naru.Kinds.Conversions;

/// <summary>Events have the same content under other names in the core group and in <c>events.k8s.io</c>.</summary>
internal static class EventConversion
{
    private static readonly (string Core, string Events)[] Renamed =
    [
        ("involvedObject", "regarding"),
        ("message", "note"),
        ("source", "deprecatedSource"),
        ("firstTimestamp", "deprecatedFirstTimestamp"),
        ("lastTimestamp", "deprecatedLastTimestamp"),
        ("count", "deprecatedCount"),
        ("reportingComponent", "reportingController"),
    ];

    /// <summary>From the core group's names.</summary>
    public static void ToEventsGroup(MapValue body)
    {
        foreach (var (core, events) in Renamed)
        {
            Rename(body, core, events);
        }
    }

    /// <summary>To the core group's names.</summary>
    public static void ToCore(MapValue body)
    {
        foreach (var (core, events) in Renamed)
        {
            Rename(body, events, core);
        }
    }

    private static void Rename(MapValue body, string from, string to)
    {
        if (body[from] is { } value)
        {
            body.Remove(from);
            body[to] = value;
        }
    }
}
