using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.OpenApi;

/// <summary>
/// What the operations of one OpenAPI 3 document have in common, written once and referred to. kubectl reads the whole document anew for every object that it applies, so the document's size is most of
/// what <c>kubectl apply</c> costs.
/// </summary>
/// <remarks>Sources: OpenAPI 3.0.0, sections "Components Object" and "Reference Object". See docs/decisions/0150-operations-share-their-parts.md for what must not be shared.</remarks>
internal sealed class SharedComponents
{
    private readonly SortedDictionary<string, MapValue> _parameters = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, MapValue> _bodies = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, MapValue> _responses = new(StringComparer.Ordinal);

    /// <summary>A reference to a parameter, which is made the first time.</summary>
    public MapValue Parameter(string name, Func<MapValue> make) => Refer(_parameters, "parameters", name, make);

    /// <summary>A reference to a request's body, which is made the first time.</summary>
    public MapValue Body(string name, Func<MapValue> make) => Refer(_bodies, "requestBodies", name, make);

    /// <summary>A reference to an answer, which is made the first time.</summary>
    public MapValue Response(string name, Func<MapValue> make) => Refer(_responses, "responses", name, make);

    /// <summary>Adds all parts to a document's components.</summary>
    public void WriteTo(MapValue components)
    {
        foreach (var (kind, parts) in new[] { ("parameters", _parameters), ("requestBodies", _bodies), ("responses", _responses) })
        {
            var map = new MapValue(parts.Count);
            foreach (var (name, part) in parts)
            {
                map[name] = part;
            }

            components[kind] = map;
        }
    }

    private static MapValue Refer(SortedDictionary<string, MapValue> parts, string kind, string name, Func<MapValue> make)
    {
        if (!parts.ContainsKey(name))
        {
            parts[name] = make();
        }

        return new MapValue { ["$ref"] = $"#/components/{kind}/{name}" };
    }
}
