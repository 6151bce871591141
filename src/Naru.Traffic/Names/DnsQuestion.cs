using System.Buffers.Binary;

namespace Naru.Traffic.Names;

/// <summary>A question as it came over the wire (RFC 1035): header, one name, type and class; of the rest only the EDNS payload size counts.</summary>
internal readonly ref struct DnsQuestion
{
    internal const int HeaderLength = 12, TypeA = 1, TypeNs = 2, TypeCname = 5, TypeSoa = 6, TypePtr = 12, TypeTxt = 16, TypeAaaa = 28, TypeSrv = 33, TypeOpt = 41, TypeAny = 255, ClassInternet = 1;
    private const int MostLabelBytes = 63, MostNameBytes = 255;

    private DnsQuestion(ReadOnlySpan<byte> message, string name, ushort type, ushort kind, int end, (int PayloadSize, byte Version, bool IsThere) opt)
    {
        Message = message;
        Name = name;
        Type = type;
        Class = kind;
        End = end;
        PayloadSize = opt.PayloadSize;
        EdnsVersion = opt.Version;
        HasOpt = opt.IsThere;
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

    /// <summary>The asker speaks EDNS.</summary>
    internal bool HasOpt { get; }

    /// <summary>Version of EDNS asked for; ours is 0.</summary>
    internal byte EdnsVersion { get; }

    internal bool IsStandardQuery => (Message[2] & 0xf8) == 0;

    /// <summary>False when it is no question at all; nothing must be answered then but FORMERR, where there is an id.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> message, out DnsQuestion question)
    {
        question = default;
        if (message.Length < HeaderLength + 5 || (message[2] & 0x80) != 0 || BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != 1)
        {
            return false;
        }

        Span<char> name = stackalloc char[MostNameBytes + 1];
        var written = 0;
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

            if (written > 0)
            {
                name[written++] = '.';
            }

            foreach (var letter in message.Slice(position, length))
            {
                name[written++] = letter is >= (byte)'A' and <= (byte)'Z' ? (char)(letter | 0x20) : letter < 0x80 ? (char)letter : '?';
            }

            position += length;
        }

        if (position + 4 > message.Length)
        {
            return false;
        }

        var type = BinaryPrimitives.ReadUInt16BigEndian(message[position..]);
        var kind = BinaryPrimitives.ReadUInt16BigEndian(message[(position + 2)..]);
        question = new DnsQuestion(message, new string(name[..written]), type, kind, position + 4, ReadOpt(message, position + 4));
        return true;
    }

    /// <summary>A question of our own, with EDNS; its id is still to be set.</summary>
    internal static byte[] Write(string name, ushort type)
    {
        byte[] asked = [0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, .. DnsAnswer.Name(name), 0, (byte)type, 0, ClassInternet, 0, 0, TypeOpt, 0x04, 0xd0, 0, 0, 0, 0, 0, 0];
        return asked;
    }

    // An OPT record comes first among the additional ones of every resolver in use: root name, type 41, then the size in place of the class.
    private static (int PayloadSize, byte Version, bool IsThere) ReadOpt(ReadOnlySpan<byte> message, int position)
    {
        var noOtherSections = BinaryPrimitives.ReadUInt32BigEndian(message[6..]) == 0;
        return noOtherSections && BinaryPrimitives.ReadUInt16BigEndian(message[10..]) > 0 && position + 11 <= message.Length
            && message[position] == 0 && BinaryPrimitives.ReadUInt16BigEndian(message[(position + 1)..]) == TypeOpt
            ? (BinaryPrimitives.ReadUInt16BigEndian(message[(position + 3)..]), message[position + 6], true)
            : (0, (byte)0, false);
    }
}
