using Naru.Objects.Admission;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Admission.Limits;

/// <summary>Fills in what the namespace's limit ranges say for containers that ask for nothing.</summary>
internal static class LimitRangeDefaults
{
    private const string Annotation = "kubernetes.io/limit-ranger";

    public static void Apply(AdmissionRequest request, IReadOnlyList<StoredObject> ranges)
    {
        var pod = request.Object!;
        var (limits, requests) = Collect(ranges);
        if (limits.Count == 0 && requests.Count == 0)
        {
            return;
        }

        var notes = new List<string>();
        foreach (var (field, kind) in (ReadOnlySpan<(string, string)>)[("containers", "container"), ("initContainers", "init container")])
        {
            foreach (var container in pod.Maps("spec", field))
            {
                Merge(container, limits, requests, kind, notes);
            }
        }

        if (notes.Count > 0)
        {
            pod.MakeMap("metadata").MakeMap("annotations")[Annotation] = $"LimitRanger plugin set: {string.Join("; ", notes)}";
        }
    }

    private static (SortedDictionary<string, Value> Limits, SortedDictionary<string, Value> Requests) Collect(IReadOnlyList<StoredObject> ranges)
    {
        var (limits, requests) = (new SortedDictionary<string, Value>(StringComparer.Ordinal), new SortedDictionary<string, Value>(StringComparer.Ordinal));
        foreach (var item in ranges.SelectMany(static range => range.Tree.Maps("spec", "limits")).Where(static item => item.Text("type") == "Container"))
        {
            AddTo(limits, item, "default");
            AddTo(limits, item, "max");
            AddTo(requests, item, "defaultRequest");
            AddTo(requests, item, "default");
            AddTo(requests, item, "max");
            AddTo(requests, item, "min");
        }

        return (limits, requests);
    }

    private static void AddTo(SortedDictionary<string, Value> all, MapValue item, string field)
    {
        foreach (var (name, value) in item.Map(field) ?? [])
        {
            all.TryAdd(name, value);
        }
    }

    private static void Merge(MapValue container, SortedDictionary<string, Value> limits, SortedDictionary<string, Value> requests, string kind, List<string> notes)
    {
        // Whoever has a limit of their own asks for as much, unless they say otherwise: that is so before any default of a range.
        foreach (var (name, value) in container.Map("resources", "limits") ?? [])
        {
            container.MakeMap("resources").MakeMap("requests").Default(name, value);
        }

        Set(container, "requests", requests, kind, "request", notes);
        Set(container, "limits", limits, kind, "limit", notes);
    }

    private static void Set(MapValue container, string field, SortedDictionary<string, Value> defaults, string kind, string word, List<string> notes)
    {
        var missing = defaults.Where(one => container.At("resources", field, one.Key) is null).ToList();
        foreach (var (name, value) in missing)
        {
            container.MakeMap("resources").MakeMap(field)[name] = value;
        }

        if (missing.Count > 0)
        {
            notes.Add($"{string.Join(", ", missing.Select(static one => one.Key))} {word} for {kind} {container.Text("name")}");
        }
    }
}
