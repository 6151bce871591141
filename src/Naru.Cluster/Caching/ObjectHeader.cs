using System.Text.Json;
using Naru.Objects.Values;

namespace Naru.Cluster.Caching;

/// <summary>What the cache knows of every object without reading its tree: identity, labels, owners.</summary>
internal readonly record struct ObjectHeader(string Uid, LabelSet Labels, string[] Owners)
{
    /// <summary>Reads as much of the JSON as has the metadata, which comes early.</summary>
    public static ObjectHeader Read(ReadOnlySpan<byte> json, TextPool pool)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 1000 });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("metadata"u8))
            {
                reader.Read();
                return ReadMetadata(ref reader, pool);
            }

            reader.Read();
            reader.Skip();
        }

        return new ObjectHeader("", LabelSet.Empty, []);
    }

    /// <summary>The same from a tree that is at hand.</summary>
    public static ObjectHeader Of(MapValue tree, TextPool pool)
    {
        var metadata = tree.Map("metadata") ?? [];
        var labels = metadata.Map("labels") is { Count: > 0 } found ? new string[found.Count * 2] : [];
        var next = 0;
        foreach (var (name, value) in labels.Length > 0 ? metadata.Map("labels")!.AsSpan() : [])
        {
            labels[next++] = pool.Get(name);
            labels[next++] = pool.Get((value as TextValue)?.Text ?? "");
        }

        var owners = metadata.List("ownerReferences") is { Count: > 0 } references
            ? references.Maps().Select(one => one.Text("uid")).OfType<string>().Select(uid => pool.Get(uid)).ToArray()
            : [];
        return new ObjectHeader(metadata.Text("uid") ?? "", labels.Length > 0 ? new LabelSet(labels) : LabelSet.Empty, owners);
    }

    private static ObjectHeader ReadMetadata(ref Utf8JsonReader reader, TextPool pool)
    {
        var uid = "";
        var labels = LabelSet.Empty;
        string[] owners = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("uid"u8))
            {
                reader.Read();
                uid = reader.GetString() ?? "";
            }
            else if (reader.ValueTextEquals("labels"u8))
            {
                reader.Read();
                labels = ReadLabels(ref reader, pool);
            }
            else if (reader.ValueTextEquals("ownerReferences"u8))
            {
                reader.Read();
                owners = ReadOwners(ref reader, pool);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return new ObjectHeader(uid, labels, owners);
    }

    private static LabelSet ReadLabels(ref Utf8JsonReader reader, TextPool pool)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return LabelSet.Empty;
        }

        var pairs = new List<string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            pairs.Add(Text(ref reader, pool));
            reader.Read();
            pairs.Add(Text(ref reader, pool));
        }

        return pairs.Count == 0 ? LabelSet.Empty : new LabelSet([.. pairs]);
    }

    private static string[] ReadOwners(ref Utf8JsonReader reader, TextPool pool)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return [];
        }

        var owners = new List<string>();
        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == depth + 2 && reader.ValueTextEquals("uid"u8))
            {
                reader.Read();
                owners.Add(Text(ref reader, pool));
            }
        }

        return [.. owners];
    }

    private static string Text(ref Utf8JsonReader reader, TextPool pool)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
        {
            return "";
        }

        return reader.ValueIsEscaped ? reader.GetString() ?? "" : pool.Get(reader.ValueSpan);
    }
}
