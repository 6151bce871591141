using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Naru.Dialects.Kubernetes.Answers;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Wire;

/// <summary>Writes trees as messages. Fields that the table does not know are left out.</summary>
internal static class WireWriter
{
    /// <summary>Writes the fields of a message, in order of their numbers.</summary>
    public static void Write(MapValue map, WireMessage message, IBufferWriter<byte> target)
    {
        foreach (var field in message.Fields)
        {
            if (field.Name.Length == 0)
            {
                WriteInline(map, field, target);
            }
            else if (map[field.Name] is { } value and not NullValue)
            {
                WriteField(field, value, target);
            }
        }
    }

    private static void WriteInline(MapValue map, WireField field, IBufferWriter<byte> target)
    {
        var inner = new ArrayBufferWriter<byte>();
        Write(map, WireMessages.Find(field.Type)!, inner);
        if (inner.WrittenCount > 0)
        {
            WireSpecials.WriteBytes(target, field.Number, inner.WrittenSpan);
        }
    }

    private static void WriteField(WireField field, Value value, IBufferWriter<byte> target)
    {
        if (field.IsMap)
        {
            foreach (var (key, item) in value as MapValue ?? [])
            {
                var entry = new ArrayBufferWriter<byte>();
                WireSpecials.WriteBytes(entry, 1, Encoding.UTF8.GetBytes(key));
                WriteOne(field, 2, item, entry);
                WireSpecials.WriteBytes(target, field.Number, entry.WrittenSpan);
            }
        }
        else if (field.IsList)
        {
            foreach (var item in value as ListValue ?? [])
            {
                WriteOne(field, field.Number, item, target);
            }
        }
        else
        {
            WriteOne(field, field.Number, value, target);
        }
    }

    private static void WriteOne(WireField field, int number, Value value, IBufferWriter<byte> target)
    {
        switch (field.Kind)
        {
            case WireKind.Text:
                WireSpecials.WriteBytes(target, number, Encoding.UTF8.GetBytes(value.ToString() ?? ""));
                break;
            case WireKind.Truth:
                ProtobufForm.WriteNumber(target, number, value is BooleanValue { Truth: true } ? 1 : 0);
                break;
            case WireKind.Number:
                ProtobufForm.WriteNumber(target, number, value switch { IntegerValue whole => whole.Number, DoubleValue real => (long)real.Number, _ => 0 });
                break;
            case WireKind.Real:
                WriteReal(number, value, target);
                break;
            case WireKind.Bytes:
                WireSpecials.WriteBytes(target, number, BytesOf(value));
                break;
            default:
                var inner = new ArrayBufferWriter<byte>();
                var message = WireMessages.Find(field.Type);
                if (!WireSpecials.TryWrite(message, value, inner) && message is not null && value is MapValue map)
                {
                    Write(map, message, inner);
                }

                WireSpecials.WriteBytes(target, number, inner.WrittenSpan);
                break;
        }
    }

    private static void WriteReal(int number, Value value, IBufferWriter<byte> target)
    {
        ProtobufForm.WriteKey(target, number, 1);
        BinaryPrimitives.WriteDoubleLittleEndian(target.GetSpan(8), value switch { IntegerValue whole => whole.Number, DoubleValue real => real.Number, _ => 0 });
        target.Advance(8);
    }

    private static byte[] BytesOf(Value value)
    {
        try
        {
            return Convert.FromBase64String(value.ToString() ?? "");
        }
        catch (FormatException)
        {
            return [];
        }
    }
}
