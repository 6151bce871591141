using System.Buffers.Binary;
using System.Text;

namespace Naru.Traffic.Names;

/// <summary>A question as it came over the wire (RFC 1035): header, one name, type and class; of the rest only the EDNS payload size counts.</summary>
internal readonly ref struct DnsQuestion
{
    internal const int HeaderLength = 12, TypeA = 1, TypePtr = 12, TypeAaaa = 28, TypeOpt = 41, TypeAny = 255, ClassInternet = 1;
    private const int MostLabelBytes = 63, MostNameBytes = 255;

    private DnsQuestion(ReadOnlySpan<byte> message, string name, ushort type, ushort kind, int end, int payloadSize)
    {
        Message = message;
        Name = name;
        Type = type;
        Class = kind;
        End = end;
        PayloadSize = payloadSize;
    }

    internal ReadOnlySpan<byte> Message { get; }

    /// <summary>Lower case, without the last dot; labels are taken as ASCII.</summary>
    internal string Name { get; }

    internal ushort Type { get; }

    internal ushort Class { get; }

    /// <summary>Where the question section ends.</summary>
    internal int End { get; }

    /// <summary>Bytes that the asker takes over UDP by EDNS; 0 without EDNS.</summary>
    internal int PayloadSize { get; }

    internal bool IsStandardQuery => (Message[2] & 0xf8) == 0;

    /// <summary>False when it is no question at all; nothing must be answered then but FORMERR, where there is an id.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> message, out DnsQuestion question)
    {
        question = default;
        if (message.Length < HeaderLength + 5 || (message[2] & 0x80) != 0 || BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != 1)
        {
            return false;
        }

        var name = new StringBuilder();
        var position = HeaderLength;
        while (true)
        {
            if (position >= message.Length)
            {
                return false;
            }

            int length = message[position++];
            if (length == 0)
            {
                break;
            }

            if (length > MostLabelBytes || position + length > message.Length || position + length - HeaderLength > MostNameBytes)
            {
                return false;
            }

            name.Append(name.Length == 0 ? "" : ".").Append(Encoding.ASCII.GetString(message.Slice(position, length)));
            position += length;
        }

        if (position + 4 > message.Length)
        {
            return false;
        }

        var type = BinaryPrimitives.ReadUInt16BigEndian(message[position..]);
        var kind = BinaryPrimitives.ReadUInt16BigEndian(message[(position + 2)..]);
        question = new DnsQuestion(message, name.ToString().ToLowerInvariant(), type, kind, position + 4, ReadPayloadSize(message, position + 4));
        return true;
    }

    // An OPT record comes first among the additional ones of every resolver in use: root name, type 41, then the size in place of the class.
    private static int ReadPayloadSize(ReadOnlySpan<byte> message, int position)
    {
        var noOtherSections = BinaryPrimitives.ReadUInt32BigEndian(message[6..]) == 0;
        return noOtherSections && BinaryPrimitives.ReadUInt16BigEndian(message[10..]) > 0 && position + 11 <= message.Length
            && message[position] == 0 && BinaryPrimitives.ReadUInt16BigEndian(message[(position + 1)..]) == TypeOpt
            ? BinaryPrimitives.ReadUInt16BigEndian(message[(position + 3)..])
            : 0;
    }
}
