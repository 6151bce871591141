using System.Text.Json;
using Naru.Objects.Values;

namespace Naru.Cluster.Caching;

/// <summary>What the cache knows of every object without reading its tree: identity, labels, owners, which of these controls it, and whether it is being deleted.</summary>
internal readonly record struct ObjectHeader(string Uid, LabelSet Labels, string[] Owners, string? Controller, bool IsEnding)
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

        return new ObjectHeader("", LabelSet.Empty, [], null, false);
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

        var references = metadata.List("ownerReferences") is { Count: > 0 } list ? list.Maps().ToList() : [];
        string[] owners = [.. references.Select(static one => one.Text("uid")).OfType<string>().Select(uid => pool.Get(uid))];
        var controller = references.Find(static one => one.Boolean("controller") == true)?.Text("uid");
        return new ObjectHeader(metadata.Text("uid") ?? "", labels.Length > 0 ? new LabelSet(labels) : LabelSet.Empty, owners, controller is null ? null : pool.Get(controller), metadata["deletionTimestamp"] is TextValue);
    }

    private static ObjectHeader ReadMetadata(ref Utf8JsonReader reader, TextPool pool)
    {
        var uid = "";
        var labels = LabelSet.Empty;
        string[] owners = [];
        string? controller = null;
        var ending = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("uid"u8))
            {
                reader.Read();
                uid = reader.GetString() ?? "";
            }
            else if (reader.ValueTextEquals("deletionTimestamp"u8))
            {
                reader.Read();
                ending = reader.TokenType == JsonTokenType.String;
            }
            else if (reader.ValueTextEquals("labels"u8))
            {
                reader.Read();
                labels = ReadLabels(ref reader, pool);
            }
            else if (reader.ValueTextEquals("ownerReferences"u8))
            {
                reader.Read();
                (owners, controller) = ReadOwners(ref reader, pool);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return new ObjectHeader(uid, labels, owners, controller, ending);
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

    private static (string[] Owners, string? Controller) ReadOwners(ref Utf8JsonReader reader, TextPool pool)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return ([], null);
        }

        var owners = new List<string>();
        string? controller = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            var (uid, controls) = ReadOwner(ref reader, pool);
            if (uid is not null)
            {
                owners.Add(uid);
                controller ??= controls ? uid : null;
            }
        }

        return ([.. owners], controller);
    }

    private static (string? Uid, bool Controls) ReadOwner(ref Utf8JsonReader reader, TextPool pool)
    {
        var (uid, controls) = ((string?)null, false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("uid"u8))
            {
                reader.Read();
                uid = Text(ref reader, pool);
            }
            else if (reader.ValueTextEquals("controller"u8))
            {
                reader.Read();
                controls = reader.TokenType == JsonTokenType.True;
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return (uid, controls);
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
