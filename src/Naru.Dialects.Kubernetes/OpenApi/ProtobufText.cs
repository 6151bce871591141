using System.Buffers;
using System.Text;
using Naru.Dialects.Kubernetes.Answers;

namespace Naru.Dialects.Kubernetes.OpenApi;

/// <summary>A protobuf message that is being written.</summary>
internal sealed class ProtobufText
{
    private readonly ArrayBufferWriter<byte> _bytes = new(256);

    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    public ProtobufText Text(int field, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            ProtobufForm.WriteText(_bytes, field, text);
        }

        return this;
    }

    public ProtobufText Truth(int field, bool? truth)
    {
        if (truth == true)
        {
            ProtobufForm.WriteNumber(_bytes, field, 1);
        }

        return this;
    }

    public ProtobufText Number(int field, long? number)
    {
        if (number is { } known and not 0)
        {
            ProtobufForm.WriteNumber(_bytes, field, known);
        }

        return this;
    }

    public ProtobufText Real(int field, double? number)
    {
        if (number is { } known)
        {
            var span = _bytes.GetSpan(9);
            span[0] = (byte)((field << 3) | 1);
            System.Buffers.Binary.BinaryPrimitives.WriteDoubleLittleEndian(span[1..], known);
            if (field > 15)
            {
                // The tag takes two bytes.
                span = _bytes.GetSpan(10);
                span[0] = (byte)((((field << 3) | 1) & 0x7F) | 0x80);
                span[1] = (byte)(((field << 3) | 1) >> 7);
                System.Buffers.Binary.BinaryPrimitives.WriteDoubleLittleEndian(span[2..], known);
                _bytes.Advance(10);
            }
            else
            {
                _bytes.Advance(9);
            }
        }

        return this;
    }

    /// <summary>A message within this one; null leaves it out.</summary>
    public ProtobufText Message(int field, ProtobufText? message)
    {
        if (message is not null)
        {
            ProtobufForm.WriteTag(_bytes, field, message.Bytes.Length);
            _bytes.Write(message.Bytes);
        }

        return this;
    }

    public ProtobufText Messages(int field, IEnumerable<ProtobufText> messages)
    {
        foreach (var message in messages)
        {
            Message(field, message);
        }

        return this;
    }

    public ProtobufText Texts(int field, IEnumerable<string> texts)
    {
        foreach (var text in texts)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            ProtobufForm.WriteTag(_bytes, field, bytes.Length);
            _bytes.Write(bytes);
        }

        return this;
    }
}
