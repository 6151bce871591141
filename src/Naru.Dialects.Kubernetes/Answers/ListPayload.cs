using System.Buffers;
using Naru.Objects.Api;
using Naru.Objects.Resources;

namespace Naru.Dialects.Kubernetes.Answers;

/// <summary>Lists as bytes: the items' own, one after the other.</summary>
internal static class ListPayload
{
    private static readonly byte[] Comma = ","u8.ToArray();
    private static readonly byte[] End = "]}\n"u8.ToArray();
    private static readonly byte[] MetadataEnd = "}"u8.ToArray();

    /// <summary>The objects whole, as JSON.</summary>
    public static Payload Json(ResourceInfo resource, ApiList list)
    {
        var payload = Start(ListHead.Json(resource.ListKind, resource.Resource.ApiVersion, list, "items"), list);
        for (var index = 0; index < list.Items.Count; index++)
        {
            Separate(payload, index);
            payload.Add(ObjectPayload.JsonOf(list.Items[index]));
        }

        payload.Add(End);
        return payload;
    }

    /// <summary>The objects' metadata, as JSON.</summary>
    public static Payload MetadataJson(ApiList list, string version)
    {
        var payload = Start(ListHead.Json("PartialObjectMetadataList", $"meta.k8s.io/{version}", list, "items"), list);
        var head = ObjectPayload.MetadataHead(version);
        for (var index = 0; index < list.Items.Count; index++)
        {
            Separate(payload, index);
            payload.Add(head);
            payload.Add(MetadataSlice.Find(ObjectPayload.JsonOf(list.Items[index])));
            payload.Add(MetadataEnd);
        }

        payload.Add(End);
        return payload;
    }

    /// <summary>The objects whole, as protobuf.</summary>
    public static Payload Protobuf(ResourceInfo resource, ApiList list) =>
        Protobuf(resource.Resource.ApiVersion, resource.ListKind, list, ProtobufForm.RawOf);

    /// <summary>The objects' metadata, as protobuf.</summary>
    public static Payload MetadataProtobuf(ApiList list, string version) =>
        Protobuf($"meta.k8s.io/{version}", "PartialObjectMetadataList", list, static item => ProtobufForm.RawMetadataOf(item.Tree));

    private static Payload Protobuf(string apiVersion, string kind, ApiList list, Func<ApiObject, ReadOnlyMemory<byte>> rawOf)
    {
        var raw = Start(ListHead.Protobuf(list), list);
        var tag = new ArrayBufferWriter<byte>(16);
        foreach (var item in list.Items)
        {
            var bytes = rawOf(item);
            tag.ResetWrittenCount();
            ProtobufForm.WriteTag(tag, 2, bytes.Length);
            raw.Add(tag.WrittenSpan.ToArray());
            raw.Add(bytes);
        }

        var whole = new Payload(raw.Pieces.Count + 1);
        whole.Add(ProtobufForm.Head(apiVersion, kind, raw.Length));
        foreach (var piece in raw.Pieces)
        {
            whole.Add(piece);
        }

        return whole;
    }

    private static Payload Start(byte[] head, ApiList list)
    {
        var payload = new Payload((list.Items.Count * 2) + 3);
        payload.Add(head);
        return payload;
    }

    private static void Separate(Payload payload, int index)
    {
        if (index > 0)
        {
            payload.Add(Comma);
        }
    }
}
