using Naru.Objects.Values;

namespace Naru.Admission.Security;

/// <summary>A pod, or the template of one, as the checks look at it.</summary>
internal sealed class PodView(MapValue metadata, MapValue spec)
{
    public MapValue Metadata => metadata;

    public MapValue Spec => spec;

    public MapValue? Context => spec.Map("securityContext");

    /// <summary>All containers, also those that run once or were added later.</summary>
    public IReadOnlyList<MapValue> Containers { get; } = [.. spec.Maps("initContainers"), .. spec.Maps("containers"), .. spec.Maps("ephemeralContainers")];

    public bool IsWindows => spec.Text("os", "name") == "windows";

    /// <summary>Names of the containers that are so.</summary>
    public List<string> Where(Func<MapValue, bool> condition) => [.. Containers.Where(condition).Select(static one => one.Text("name") ?? "")];

    /// <summary><c>container "a"</c> or <c>containers "a", "b"</c>.</summary>
    public static string Words(IReadOnlyCollection<string> names, string noun = "container") => $"{noun}{(names.Count == 1 ? "" : "s")} {Quote(names)}";

    public static string Quote(IEnumerable<string> texts) => string.Join(", ", texts.Select(static one => $"\"{one}\""));

    /// <summary><c>pod and container "a" must not set …</c>: who of pod and containers does it; null for nobody.</summary>
    public static string? WhoDoes(bool pod, IReadOnlyCollection<string> containers, string what)
    {
        var who = new List<string>();
        if (pod)
        {
            who.Add("pod");
        }

        if (containers.Count > 0)
        {
            who.Add(Words(containers));
        }

        return who.Count == 0 ? null : $"{string.Join(" and ", who)} {what}";
    }
}
