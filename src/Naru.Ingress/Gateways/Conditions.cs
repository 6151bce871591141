using Naru.Objects.Values;

namespace Naru.Ingress.Gateways;

/// <summary>Writes lists of conditions.</summary>
internal static class Conditions
{
    public static MapValue One(string type, bool truth, string reason, string message, long generation) => new()
    {
        { "type", type },
        { "status", truth ? "True" : "False" },
        { "reason", reason },
        { "message", message },
        { "observedGeneration", generation },
    };

    /// <summary>True with a reason of its own name, or false for the reason given.</summary>
    public static MapValue Judge(string type, (string Reason, string Message)? problem, long generation, string? good = null) =>
        problem is { } told ? One(type, false, told.Reason, told.Message, generation) : One(type, true, good ?? type, "", generation);

    /// <summary>The wished conditions, with the times of those whose truth stays as it was; conditions of others stay where they are.</summary>
    public static ListValue Merge(ListValue? old, IReadOnlyList<MapValue> wished, string now)
    {
        var merged = new ListValue();
        foreach (var one in wished)
        {
            var type = one.Text("type");
            var before = old?.Maps().FirstOrDefault(candidate => candidate.Text("type") == type);
            var written = one.CloneMap();
            written["lastTransitionTime"] = before?.Text("status") == one.Text("status") && before?.Text("lastTransitionTime") is { } time ? time : now;
            merged.Add(written);
        }

        foreach (var other in old?.Maps() ?? [])
        {
            if (wished.All(one => one.Text("type") != other.Text("type")))
            {
                merged.Add(other.Clone());
            }
        }

        return merged;
    }
}
