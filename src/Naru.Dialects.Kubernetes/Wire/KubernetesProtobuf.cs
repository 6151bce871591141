using System.Buffers;
using System.Text;
using Naru.Core.Errors;
using Naru.Dialects.Kubernetes.Answers;
using Naru.Objects.Json;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Wire;

/// <summary>Kubernetes' protobuf: an envelope that names kind and version around the message of the kind.</summary>
internal static class KubernetesProtobuf
{
    /// <summary>The kind has a message.</summary>
    public static bool CanEncode(GroupVersionKind kind) => WireMessages.NameOf(kind) is not null;

    /// <summary>Reads an object. InvalidArgument for what is none.</summary>
    public static MapValue Decode(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.StartsWith("k8s\0"u8))
        {
            throw NaruException.Invalid("the body does not start as Kubernetes' protobuf does");
        }

        var (apiVersion, kind, contentType) = ("", "", "");
        var raw = bytes[..0];
        var rest = bytes[4..];
        while (rest.Length > 0)
        {
            var tag = WireReader.Varint(ref rest);
            if ((tag & 7) != 2)
            {
                throw NaruException.Invalid("the envelope of the protobuf body is broken");
            }

            var part = WireReader.Take(ref rest, WireReader.Varint(ref rest));
            switch (tag >> 3)
            {
                case 1:
                    (apiVersion, kind) = ReadType(part);
                    break;
                case 2:
                    raw = part;
                    break;
                case 4:
                    contentType = Encoding.UTF8.GetString(part);
                    break;
            }
        }

        if (contentType == "application/json")
        {
            return JsonText.ParseMap(raw);
        }

        var name = WireMessages.NameOf(GroupVersionKind.Parse(apiVersion, kind)) ?? throw NaruException.Invalid($"no kind \"{kind}\" is registered for version \"{apiVersion}\"");
        var body = new MapValue { ["kind"] = kind, ["apiVersion"] = apiVersion };
        WireReader.Read(raw, WireMessages.Find(name)!, body);
        return body;
    }

    /// <summary>Writes an object. NotImplemented for a kind without a message.</summary>
    public static void Encode(MapValue tree, IBufferWriter<byte> target)
    {
        var (apiVersion, kind) = (tree.Text("apiVersion") ?? "", tree.Text("kind") ?? "");
        var name = WireMessages.NameOf(GroupVersionKind.Parse(apiVersion, kind)) ?? throw new NaruException(ErrorKind.NotImplemented, $"{kind} in version \"{apiVersion}\" has no protobuf form");
        var raw = new ArrayBufferWriter<byte>(512);
        WireWriter.Write(tree, WireMessages.Find(name)!, raw);
        target.Write(ProtobufForm.Head(apiVersion, kind, raw.WrittenCount));
        target.Write(raw.WrittenSpan);
    }

    private static (string ApiVersion, string Kind) ReadType(ReadOnlySpan<byte> bytes)
    {
        var (apiVersion, kind) = ("", "");
        while (bytes.Length > 0)
        {
            var tag = WireReader.Varint(ref bytes);
            var text = Encoding.UTF8.GetString(WireReader.Take(ref bytes, WireReader.Varint(ref bytes)));
            (apiVersion, kind) = tag >> 3 == 1 ? (text, kind) : (apiVersion, text);
        }

        return (apiVersion, kind);
    }
}
