using System.Text;
using System.Text.Json;
using Naru.Cluster.Caching;

namespace Naru.Cluster.Subresources;

/// <summary>Writes the text of a bound pod from that of the pod that waits, copying what stays: a tree of it costs ten times as much, and bindings come by the ten thousand.</summary>
internal static class BoundText
{
    /// <summary>The text for the store; null where something may stand in the binding's way or the text is not as pods' texts are: the tree tells more then.</summary>
    /// <param name="json">The pod as the cache has it: compact, with its revision.</param>
    /// <param name="node">Where it goes.</param>
    /// <param name="moment">When, as the API writes times.</param>
    public static byte[]? Write(ReadOnlySpan<byte> json, string node, string moment)
    {
        ReadOnlySpan<byte> text = StoredJson.Strip(json);
        if (!PodTextPlaces.TryFind(text, out var places))
        {
            return null;
        }

        var generation = places.Generation is var (from, to) && to > from ? $",\"observedGeneration\":{Encoding.UTF8.GetString(text[from..to])}" : "";
        var condition = $$"""{"type":"PodScheduled","status":"True","lastProbeTime":null,"lastTransitionTime":"{{moment}}"{{generation}}}""";
        var placed = Encoding.UTF8.GetBytes($",\"nodeName\":\"{JsonEncodedText.Encode(node)}\"");
        var told = Encoding.UTF8.GetBytes(places.HasConditions ? $"{(places.IsAlone ? "" : ",")}{condition}" : $",\"conditions\":[{condition}]");
        var bound = new byte[text.Length + placed.Length + told.Length - (places.Scheduled.To - places.Scheduled.From)];
        var rest = bound.AsSpan();
        Copy(text[..places.SpecEnd], ref rest);
        Copy(placed, ref rest);
        Copy(text[places.SpecEnd..places.Scheduled.From], ref rest);
        Copy(text[places.Scheduled.To..places.Told], ref rest);
        Copy(told, ref rest);
        Copy(text[places.Told..], ref rest);
        return bound;
    }

    private static void Copy(ReadOnlySpan<byte> piece, ref Span<byte> rest)
    {
        piece.CopyTo(rest);
        rest = rest[piece.Length..];
    }
}
