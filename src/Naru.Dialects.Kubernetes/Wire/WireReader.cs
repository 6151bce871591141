using System.Buffers.Binary;
using System.Text;
using Naru.Core.Errors;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Wire;

/// <summary>Reads messages into trees.</summary>
internal static class WireReader
{
    private const int Deepest = 128;

    /// <summary>Reads a message's fields into a tree. Fields that the table does not know are passed over.</summary>
    public static void Read(ReadOnlySpan<byte> bytes, WireMessage message, MapValue into, int depth = 0)
    {
        if (depth > Deepest)
        {
            throw NaruException.Invalid("the protobuf message is nested too deeply");
        }

        while (bytes.Length > 0)
        {
            var tag = Varint(ref bytes);
            var field = message.Find((int)Math.Min(tag >> 3, int.MaxValue));
            switch (tag & 7)
            {
                case 0:
                    TakeNumber(field, (long)Varint(ref bytes), into);
                    break;
                case 1:
                    TakeReal(field, Take(ref bytes, 8), into);
                    break;
                case 2:
                    var part = Take(ref bytes, Varint(ref bytes));
                    if (field is not null)
                    {
                        TakePart(field, part, into, depth);
                    }

                    break;
                case 5:
                    Take(ref bytes, 4);
                    break;
                default:
                    throw NaruException.Invalid($"the protobuf message has a field of unknown form {tag & 7}");
            }
        }
    }

    public static ulong Varint(scoped ref ReadOnlySpan<byte> bytes)
    {
        var value = 0UL;
        for (var place = 0; place < bytes.Length && place < 10; place++)
        {
            value |= (ulong)(bytes[place] & 0x7F) << (7 * place);
            if (bytes[place] < 0x80)
            {
                bytes = bytes[(place + 1)..];
                return value;
            }
        }

        throw NaruException.Invalid("the protobuf message is cut short");
    }

    public static ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> bytes, ulong length)
    {
        if (length > (ulong)bytes.Length)
        {
            throw NaruException.Invalid("the protobuf message is cut short");
        }

        var part = bytes[..(int)length];
        bytes = bytes[(int)length..];
        return part;
    }

    private static void TakeNumber(WireField? field, long number, MapValue into)
    {
        if (field is null || field.Name is "-" or "" || field.Kind is not (WireKind.Number or WireKind.Truth))
        {
            return;
        }

        if (field.IsList)
        {
            into.MakeList(field.Name).Add(number);
        }
        else if (number != 0 || WireDefaultsTable.IsMeant(field.Name))
        {
            into[field.Name] = field.Kind == WireKind.Truth ? (Value)(number != 0) : number;
        }
    }

    private static void TakeReal(WireField? field, ReadOnlySpan<byte> bytes, MapValue into)
    {
        if (field is { Kind: WireKind.Real })
        {
            var number = BinaryPrimitives.ReadDoubleLittleEndian(bytes);
            into[field.Name] = Math.Abs(number) < 1e15 && number == Math.Floor(number) ? (Value)(long)number : new DoubleValue(number);
        }
    }

    private static void TakePart(WireField field, ReadOnlySpan<byte> part, MapValue into, int depth)
    {
        if (field.Name.Length == 0)
        {
            Read(part, WireMessages.Find(field.Type)!, into, depth + 1);
        }
        else if (field.IsMap)
        {
            TakeEntry(field, part, into.MakeMap(field.Name), depth);
        }
        else if (field.IsList && field.Kind is WireKind.Number or WireKind.Truth)
        {
            for (var rest = part; rest.Length > 0;)
            {
                into.MakeList(field.Name).Add((long)Varint(ref rest));
            }
        }
        else if (ValueOf(field, part, depth) is { } value)
        {
            Put(field, value, into);
        }
    }

    private static void Put(WireField field, Value value, MapValue into)
    {
        if (field.IsList)
        {
            into.MakeList(field.Name).Add(value);
        }
        else if (!(value is TextValue { Text.Length: 0 } && !WireDefaultsTable.IsMeant(field.Name)) && !(value is MapValue { Count: 0 } && WireDefaultsTable.IsHollow(field.Name)))
        {
            into[field.Name] = value;
        }
    }

    private static void TakeEntry(WireField field, ReadOnlySpan<byte> part, MapValue into, int depth)
    {
        var key = "";
        Value? value = null;
        while (part.Length > 0)
        {
            var tag = Varint(ref part);
            if ((tag & 7) != 2)
            {
                value = (long)Varint(ref part);
                continue;
            }

            var inner = Take(ref part, Varint(ref part));
            if (tag >> 3 == 1)
            {
                key = Encoding.UTF8.GetString(inner);
            }
            else
            {
                value = ValueOf(field, inner, depth);
            }
        }

        into[key] = value ?? (field.Kind == WireKind.Message ? new MapValue() : "");
    }

    private static Value? ValueOf(WireField field, ReadOnlySpan<byte> part, int depth)
    {
        switch (field.Kind)
        {
            case WireKind.Text:
                return Encoding.UTF8.GetString(part);
            case WireKind.Bytes:
                return Convert.ToBase64String(part);
            case WireKind.Message:
                var message = WireMessages.Find(field.Type);
                if (WireSpecials.TryRead(field, message, part, depth, out var special))
                {
                    return special;
                }

                var map = new MapValue();
                if (message is not null)
                {
                    Read(part, message, map, depth + 1);
                }

                return map;
            default:
                return null;
        }
    }
}
