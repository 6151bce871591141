using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using Naru.Dialects.Kubernetes.Wire;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Answers;

/// <summary>Objects in Kubernetes' protobuf. A stored object is encoded once and its bytes kept as long as the object itself.</summary>
internal static class ProtobufForm
{
    private static readonly ConditionalWeakTable<StoredObject, Encoded> Kept = [];

    /// <summary>The kind has a protobuf form: built-in kinds do, custom ones do not.</summary>
    public static bool Has(ResourceInfo? resource) => resource is null || (!resource.IsCustom && KubernetesProtobuf.CanEncode(resource.GroupVersionKind));

    /// <summary>A Status has a protobuf form.</summary>
    public static bool HasStatus { get; } = KubernetesProtobuf.CanEncode(new GroupVersionKind("", "v1", "Status"));

    /// <summary>The bytes with their envelope.</summary>
    public static ReadOnlyMemory<byte> Of(ApiObject answer) => EncodedOf(answer).Whole;

    /// <summary>The bytes without their envelope.</summary>
    public static ReadOnlyMemory<byte> RawOf(ApiObject answer) => EncodedOf(answer).Raw;

    /// <summary>The bytes of a tree with their envelope.</summary>
    public static ReadOnlyMemory<byte> Of(MapValue tree) => Encode(tree).Whole;

    /// <summary>The bytes of an object's metadata as a message whose first field it is, without envelope: what PartialObjectMetadata looks like.</summary>
    public static ReadOnlyMemory<byte> RawMetadataOf(MapValue tree)
    {
        // Every kind has its metadata in field 1, so any kind with nothing else in it has the same bytes.
        var bare = new MapValue { ["apiVersion"] = "v1", ["kind"] = "ConfigMap" };
        bare["metadata"] = tree["metadata"] ?? new MapValue();
        return Encode(bare).Raw;
    }

    /// <summary>An envelope around bytes: what stands before them; nothing of weight stands after.</summary>
    public static byte[] Head(string apiVersion, string kind, long rawLength)
    {
        var type = new ArrayBufferWriter<byte>();
        WriteText(type, 1, apiVersion);
        WriteText(type, 2, kind);
        var head = new ArrayBufferWriter<byte>();
        head.Write("k8s\0"u8);
        WriteTag(head, 1, type.WrittenCount);
        head.Write(type.WrittenSpan);
        WriteTag(head, 2, rawLength);
        return head.WrittenSpan.ToArray();
    }

    /// <summary>A field of bytes: its tag and the length that follows.</summary>
    public static void WriteTag(IBufferWriter<byte> target, int field, long length)
    {
        WriteVarint(target, ((ulong)field << 3) | 2);
        WriteVarint(target, (ulong)length);
    }

    public static void WriteText(IBufferWriter<byte> target, int field, string text)
    {
        if (text.Length > 0)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            WriteTag(target, field, bytes.Length);
            target.Write(bytes);
        }
    }

    /// <summary>A field's key.</summary>
    public static void WriteKey(IBufferWriter<byte> target, int field, int form) => WriteVarint(target, ((ulong)field << 3) | (uint)form);

    public static void WriteNumber(IBufferWriter<byte> target, int field, long number)
    {
        WriteVarint(target, (ulong)field << 3);
        WriteVarint(target, (ulong)number);
    }

    private static Encoded EncodedOf(ApiObject answer) =>
        answer.Stored is { } stored ? Kept.GetValue(stored, static one => Encode(one.Tree)) : Encode(answer.Body!);

    private static Encoded Encode(MapValue tree)
    {
        var target = new ArrayBufferWriter<byte>(1024);
        KubernetesProtobuf.Encode(tree, target);
        var whole = target.WrittenSpan.ToArray();
        return new Encoded(whole, FindRaw(whole));
    }

    // Field 2 of the envelope, after the four bytes of magic.
    private static ReadOnlyMemory<byte> FindRaw(ReadOnlyMemory<byte> whole)
    {
        var rest = whole[4..];
        while (rest.Length > 0)
        {
            var tag = ReadVarint(ref rest);
            var length = (int)ReadVarint(ref rest);
            if (tag >> 3 == 2)
            {
                return rest[..length];
            }

            rest = rest[length..];
        }

        return default;
    }

    private static ulong ReadVarint(ref ReadOnlyMemory<byte> rest)
    {
        var (value, shift, place) = (0UL, 0, 0);
        while (true)
        {
            var next = rest.Span[place++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                rest = rest[place..];
                return value;
            }

            shift += 7;
        }
    }

    private static void WriteVarint(IBufferWriter<byte> target, ulong value)
    {
        var span = target.GetSpan(10);
        var count = 0;
        while (value >= 0x80)
        {
            span[count++] = (byte)(value | 0x80);
            value >>= 7;
        }

        span[count++] = (byte)value;
        target.Advance(count);
    }

    private sealed record Encoded(ReadOnlyMemory<byte> Whole, ReadOnlyMemory<byte> Raw);
}
