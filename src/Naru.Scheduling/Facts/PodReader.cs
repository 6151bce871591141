using System.Buffers;
using System.Text.Json;
using Naru.Objects.Api;
using Naru.Objects.Values;
using Naru.Scheduling.State;

namespace Naru.Scheduling.Facts;

/// <summary>Reads pods from their JSON in one pass, without a tree: the bytes of all fields that a place depends on are the key by which a pod's shape is found.
/// Only the first pod of a shape is read in full.</summary>
internal sealed class PodReader(PodClasses classes)
{
    private readonly ArrayBufferWriter<byte> _shape = new(4096);
    private readonly ArrayBufferWriter<byte> _group = new(512);

    private string _namespace = "", _name = "", _uid = "", _created = "", _node = "", _scheduler = "", _nominated = "", _phase = "", _owner = "";
    private bool _deleting, _gated, _never;
    private int _priority;
    private List<string> _claims = [];

    public PodFacts Read(StoredObject pod) => Read(pod.Json.Span, () => pod.Tree, pod.Revision);

    public PodFacts Read(ReadOnlySpan<byte> json, Func<MapValue> tree, long revision = 0)
    {
        Clear();
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 512 });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("metadata"u8))
            {
                ReadMetadata(ref reader, json);
            }
            else if (reader.ValueTextEquals("spec"u8))
            {
                ReadSpec(ref reader, json);
            }
            else if (reader.ValueTextEquals("status"u8))
            {
                ReadStatus(ref reader, json);
            }
            else
            {
                Skip(ref reader);
            }
        }

        return Facts(classes.Find(_namespace, _owner, _shape.WrittenSpan, _group.WrittenSpan, tree), revision);
    }

    private PodFacts Facts(PodClass group, long revision) => new()
    {
        Namespace = _namespace,
        Name = _name,
        Uid = _uid,
        Revision = revision,
        Class = group,
        Node = _node,
        Scheduler = _scheduler,
        Priority = _priority,
        NeverPreempts = _never,
        Created = _created,
        Deleting = _deleting,
        Ended = _phase is "Succeeded" or "Failed",
        Gated = _gated,
        Nominated = _nominated,
        Claims = _claims.Count == 0 ? [] : [.. _claims],
    };

    private void Clear()
    {
        _shape.ResetWrittenCount();
        _group.ResetWrittenCount();
        _namespace = _name = _uid = _created = _node = _scheduler = _nominated = _phase = _owner = "";
        _deleting = _gated = _never = false;
        _priority = 0;
        _claims = [];
    }

    private void ReadMetadata(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var inside = false;
        while (Enters(ref reader, JsonTokenType.StartObject, ref inside) && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("name"u8))
            {
                _name = Text(ref reader);
            }
            else if (reader.ValueTextEquals("namespace"u8))
            {
                _namespace = Text(ref reader);
            }
            else if (reader.ValueTextEquals("uid"u8))
            {
                _uid = Text(ref reader);
            }
            else if (reader.ValueTextEquals("creationTimestamp"u8))
            {
                _created = Text(ref reader);
            }
            else if (reader.ValueTextEquals("deletionTimestamp"u8))
            {
                _deleting = Text(ref reader).Length > 0;
            }
            else if (reader.ValueTextEquals("labels"u8))
            {
                Keep(_group, (byte)'l', ref reader, json);
            }
            else if (reader.ValueTextEquals("ownerReferences"u8))
            {
                ReadOwners(ref reader);
            }
            else
            {
                Skip(ref reader);
            }
        }
    }

    // Only owners whose selectors spread their pods matter.
    private void ReadOwners(ref Utf8JsonReader reader)
    {
        var inside = false;
        while (Enters(ref reader, JsonTokenType.StartArray, ref inside) && reader.TokenType == JsonTokenType.StartObject)
        {
            var (kind, name, controls) = ("", "", false);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("kind"u8))
                {
                    kind = Text(ref reader);
                }
                else if (reader.ValueTextEquals("name"u8))
                {
                    name = Text(ref reader);
                }
                else if (reader.ValueTextEquals("controller"u8))
                {
                    reader.Read();
                    controls = reader.TokenType == JsonTokenType.True;
                }
                else
                {
                    Skip(ref reader);
                }
            }

            _owner = controls && (kind is "ReplicaSet" or "ReplicationController" or "StatefulSet") ? $"{kind}/{name}" : _owner;
        }
    }

    private void ReadSpec(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var inside = false;
        while (Enters(ref reader, JsonTokenType.StartObject, ref inside) && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("containers"u8))
            {
                ReadContainers((byte)'c', ref reader, json);
            }
            else if (reader.ValueTextEquals("initContainers"u8))
            {
                ReadContainers((byte)'i', ref reader, json);
            }
            else if (SpecMark(ref reader) is var mark && mark != 0)
            {
                Keep(_shape, mark, ref reader, json);
            }
            else if (reader.ValueTextEquals("nodeName"u8))
            {
                _node = Text(ref reader);
            }
            else if (reader.ValueTextEquals("schedulerName"u8))
            {
                _scheduler = Text(ref reader);
            }
            else if (reader.ValueTextEquals("priority"u8))
            {
                reader.Read();
                _priority = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number) ? number : 0;
            }
            else if (reader.ValueTextEquals("preemptionPolicy"u8))
            {
                _never = Text(ref reader) == "Never";
            }
            else if (reader.ValueTextEquals("schedulingGates"u8))
            {
                reader.Read();
                var start = reader.BytesConsumed;
                reader.Skip();
                _gated = json[(int)start..(int)reader.BytesConsumed].IndexOf((byte)'{') >= 0;
            }
            else if (reader.ValueTextEquals("volumes"u8))
            {
                ReadVolumes(ref reader);
            }
            else
            {
                Skip(ref reader);
            }
        }
    }

    private static byte SpecMark(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("nodeSelector"u8) ? (byte)'n'
        : reader.ValueTextEquals("affinity"u8) ? (byte)'a'
        : reader.ValueTextEquals("tolerations"u8) ? (byte)'t'
        : reader.ValueTextEquals("topologySpreadConstraints"u8) ? (byte)'s'
        : reader.ValueTextEquals("overhead"u8) ? (byte)'o'
        : reader.ValueTextEquals("resources"u8) ? (byte)'r'
        : (byte)0;

    private void ReadContainers(byte mark, ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var inside = false;
        while (Enters(ref reader, JsonTokenType.StartArray, ref inside) && reader.TokenType == JsonTokenType.StartObject)
        {
            _shape.Write((ReadOnlySpan<byte>)[mark, 0]);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var part = reader.ValueTextEquals("image"u8) ? (byte)'I'
                    : reader.ValueTextEquals("resources"u8) ? (byte)'R'
                    : reader.ValueTextEquals("ports"u8) ? (byte)'P'
                    : reader.ValueTextEquals("restartPolicy"u8) ? (byte)'S'
                    : reader.ValueTextEquals("name"u8) ? (byte)'N'
                    : reader.ValueTextEquals("allocatedResources"u8) ? (byte)'A'
                    : (byte)0;
                if (part == 0)
                {
                    Skip(ref reader);
                }
                else
                {
                    Keep(_shape, part, ref reader, json);
                }
            }
        }
    }

    private void ReadVolumes(ref Utf8JsonReader reader)
    {
        var inside = false;
        while (Enters(ref reader, JsonTokenType.StartArray, ref inside) && reader.TokenType == JsonTokenType.StartObject)
        {
            var (name, claim, ephemeral) = ("", "", false);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("name"u8))
                {
                    name = Text(ref reader);
                }
                else if (reader.ValueTextEquals("persistentVolumeClaim"u8))
                {
                    claim = ReadClaimName(ref reader);
                }
                else
                {
                    ephemeral |= reader.ValueTextEquals("ephemeral"u8);
                    Skip(ref reader);
                }
            }

            if (claim.Length > 0 || ephemeral)
            {
                _claims.Add(claim.Length > 0 ? claim : "\u0001" + name);
            }
        }
    }

    private static string ReadClaimName(ref Utf8JsonReader reader)
    {
        var inside = false;
        var claim = "";
        while (Enters(ref reader, JsonTokenType.StartObject, ref inside) && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("claimName"u8))
            {
                claim = Text(ref reader);
            }
            else
            {
                Skip(ref reader);
            }
        }

        return claim;
    }

    // What containers were promised while they are resized is part of the shape.
    private void ReadStatus(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var inside = false;
        while (Enters(ref reader, JsonTokenType.StartObject, ref inside) && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("phase"u8))
            {
                _phase = Text(ref reader);
            }
            else if (reader.ValueTextEquals("nominatedNodeName"u8))
            {
                _nominated = Text(ref reader);
            }
            else if (reader.ValueTextEquals("containerStatuses"u8) || reader.ValueTextEquals("initContainerStatuses"u8))
            {
                ReadContainers((byte)'x', ref reader, json);
            }
            else if (reader.ValueTextEquals("conditions"u8))
            {
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                if (json[start..(int)reader.BytesConsumed].IndexOf("PodResizePending"u8) >= 0)
                {
                    _shape.Write("z"u8);
                    _shape.Write(json[start..(int)reader.BytesConsumed]);
                }
            }
            else
            {
                Skip(ref reader);
            }
        }
    }

    private static void Keep(ArrayBufferWriter<byte> into, byte mark, ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        into.Write((ReadOnlySpan<byte>)[mark]);
        into.Write(json[start..(int)reader.BytesConsumed]);
    }

    private static string Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.GetString() ?? "";
        }

        reader.Skip();
        return "";
    }

    // The next token inside a list or map; false where there is none (null, or something else, stands in its place).
    private static bool Enters(ref Utf8JsonReader reader, JsonTokenType start, ref bool inside)
    {
        if (!inside)
        {
            reader.Read();
            if (reader.TokenType != start)
            {
                reader.Skip();
                return false;
            }

            inside = true;
        }

        return reader.Read();
    }

    private static void Skip(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
    }
}
