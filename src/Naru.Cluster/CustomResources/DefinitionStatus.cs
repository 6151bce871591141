using Naru.Objects.Values;

namespace Naru.Cluster.CustomResources;

/// <summary>Reads and writes the conditions of a definition.</summary>
internal static class DefinitionStatus
{
    /// <summary>Whether a condition is true.</summary>
    public static bool Is(MapValue definition, string type) =>
        definition.Maps("status", "conditions").Any(one => one.Text("type") == type && one.Text("status") == "True");

    /// <summary>Sets a condition; its time moves when its status does.</summary>
    public static void Set(MapValue definition, MapValue condition, DateTimeOffset now)
    {
        var conditions = definition.MakeMap("status").MakeList("conditions");
        var type = condition.Text("type");
        var standing = conditions.Maps().FirstOrDefault(one => one.Text("type") == type);
        var set = condition.CloneMap();
        set["lastTransitionTime"] = standing?.Text("status") == condition.Text("status") && standing?["lastTransitionTime"] is { } time
            ? time
            : now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
        for (var index = 0; index < conditions.Count; index++)
        {
            if (ReferenceEquals(conditions[index], standing))
            {
                conditions[index] = set;
                return;
            }
        }

        conditions.Add(set);
    }

    /// <summary>Sets names and conditions as they were judged. True if that changed anything.</summary>
    public static bool Apply(MapValue definition, MapValue accepted, MapValue named, IEnumerable<MapValue> further, DateTimeOffset now)
    {
        var before = definition["status"]?.Clone();
        var status = definition.MakeMap("status");
        status["acceptedNames"] = accepted.Clone();
        Set(definition, named, now);
        foreach (var condition in further)
        {
            Set(definition, condition, now);
        }

        if (named.Text("status") == "True" && !Is(definition, "Established"))
        {
            Set(definition, DefinitionNames.Condition("Established", "True", "InitialNamesAccepted", "the initial names have been accepted"), now);
        }
        else if (!definition.Maps("status", "conditions").Any(static one => one.Text("type") == "Established"))
        {
            Set(definition, DefinitionNames.Condition("Established", "False", "NotAccepted", "not all names are accepted"), now);
        }

        return !status.DeepEquals(before);
    }
}
