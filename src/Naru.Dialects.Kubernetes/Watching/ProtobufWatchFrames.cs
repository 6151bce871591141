using System.Buffers;
using System.Buffers.Binary;
using Naru.Dialects.Kubernetes.Answers;
using Naru.Dialects.Kubernetes.Requests;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Watching;

/// <summary>Changes as protobuf messages, each after its length in four bytes. The message has no envelope; the object in it has.</summary>
internal sealed class ProtobufWatchFrames(ResourceInfo resource, AnswerForm form, Func<ApiObject, ReadOnlyMemory<byte>> bodyOf) : WatchFrames(resource, form)
{
    private readonly ArrayBufferWriter<byte> _head = new(64);

    public override bool IsText => false;

    public override void Write(ApiChange change, IBufferWriter<byte> target) =>
        Write(WordOf(change.Kind), bodyOf(change.Object ?? new ApiObject(null, BookmarkOf(change))), target);

    public override void WriteError(MapValue status, IBufferWriter<byte> target) => Write("ERROR", ProtobufForm.Of(status), target);

    private void Write(string word, ReadOnlyMemory<byte> body, IBufferWriter<byte> target)
    {
        // WatchEvent: 1 type, 2 object; RawExtension: 1 raw.
        var tag = new ArrayBufferWriter<byte>(16);
        ProtobufForm.WriteTag(tag, 1, body.Length);
        _head.ResetWrittenCount();
        ProtobufForm.WriteText(_head, 1, word);
        ProtobufForm.WriteTag(_head, 2, tag.WrittenCount + body.Length);
        _head.Write(tag.WrittenSpan);
        BinaryPrimitives.WriteUInt32BigEndian(target.GetSpan(4), (uint)(_head.WrittenCount + body.Length));
        target.Advance(4);
        target.Write(_head.WrittenSpan);
        target.Write(body.Span);
    }
}
