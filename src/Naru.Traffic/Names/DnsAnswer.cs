using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Naru.Traffic.Names;

/// <summary>Writes answers (RFC 1035, 6891), and reads of others' answers what a cache must know.</summary>
internal static class DnsAnswer
{
    internal const byte NoError = 0, FormatError = 1, ServerFailure = 2, NoSuchName = 3, NotImplemented = 4, Refused = 5;

    /// <summary>An answer with data of the type asked for, cut to what the asker takes when it came over UDP.</summary>
    internal static byte[] Write(DnsQuestion question, byte code, IReadOnlyList<byte[]> data, uint timeToLive, bool overUdp, bool isAuthoritative)
    {
        var writer = new DnsWriter(overUdp ? stackalloc byte[DnsWriter.LongestDatagram] : new byte[ushort.MaxValue], question, overUdp);
        foreach (var item in data)
        {
            writer.Answer(new DnsRecord(question.Type, timeToLive, item));
        }

        return writer.Finish(code, isAuthoritative);
    }

    /// <summary>The shortest refusal, for what could not be read; null when there is not even a header.</summary>
    internal static byte[]? WriteUnreadable(ReadOnlySpan<byte> message)
    {
        if (message.Length < DnsQuestion.HeaderLength || (message[2] & 0x80) != 0)
        {
            return null;
        }

        var answer = new byte[DnsQuestion.HeaderLength];
        message[..2].CopyTo(answer);
        answer[2] = (byte)(0x80 | (message[2] & 0x79));
        answer[3] = 0x80 | FormatError;
        return answer;
    }

    internal static byte[] Name(string name)
    {
        var bytes = new List<byte>();
        foreach (var label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            var text = Encoding.ASCII.GetBytes(label.Length > 63 ? label[..63] : label);
            bytes.Add((byte)text.Length);
            bytes.AddRange(text);
        }

        bytes.Add(0);
        return [.. bytes];
    }

    /// <summary>The address that a reverse name stands for, or null.</summary>
    internal static IPAddress? ReverseAddress(string name)
    {
        var labels = name.Split('.');
        if (name.EndsWith(".in-addr.arpa", StringComparison.Ordinal) && labels.Length == 6)
        {
            return IPAddress.TryParse(string.Join('.', labels.Take(4).Reverse()), out var v4) ? v4 : null;
        }

        if (!name.EndsWith(".ip6.arpa", StringComparison.Ordinal) || labels.Length != 34 || labels.Take(32).Any(static label => label.Length != 1 || !char.IsAsciiHexDigit(label[0])))
        {
            return null;
        }

        return new IPAddress(Convert.FromHexString(string.Concat(labels.Take(32).Reverse())));
    }

    /// <summary>How long an answer may be kept: the least time of its records, of denials also what their SOA says; null when it must not be kept or cannot be read.</summary>
    /// <param name="answer">The whole message.</param>
    /// <param name="places">Gets where the times of its records are, which run down while it is kept.</param>
    internal static TimeSpan? Lifetime(ReadOnlySpan<byte> answer, List<int>? places = null)
    {
        if (answer.Length < DnsQuestion.HeaderLength || (answer[2] & 0x02) != 0 || (answer[3] & 0x0f) is not (NoError or NoSuchName))
        {
            return null;
        }

        var position = DnsQuestion.HeaderLength;
        if (!SkipQuestions(answer, ref position))
        {
            return null;
        }

        int answers = BinaryPrimitives.ReadUInt16BigEndian(answer[6..]);
        var records = answers + BinaryPrimitives.ReadUInt16BigEndian(answer[8..]);
        uint? least = null;
        for (; records > 0; records--)
        {
            if (!SkipName(answer, ref position) || position + 10 > answer.Length)
            {
                return null;
            }

            places?.Add(position + 4);
            var seconds = BinaryPrimitives.ReadUInt32BigEndian(answer[(position + 4)..]);
            var end = position + 10 + BinaryPrimitives.ReadUInt16BigEndian(answer[(position + 8)..]);
            if (answers == 0 && BinaryPrimitives.ReadUInt16BigEndian(answer[position..]) == DnsQuestion.TypeSoa && end <= answer.Length && end - position > 14)
            {
                seconds = Math.Min(seconds, BinaryPrimitives.ReadUInt32BigEndian(answer[(end - 4)..]));
            }

            least = Math.Min(least ?? uint.MaxValue, seconds);
            position = end;
        }

        return position <= answer.Length && least is { } value ? TimeSpan.FromSeconds(Math.Min(value, 3600)) : null;
    }

    /// <summary>The addresses and aliases among an answer's records, whole names in place of compressed ones; what cannot be read ends it.</summary>
    internal static List<DnsRecord> ReadAddresses(ReadOnlySpan<byte> answer)
    {
        var found = new List<DnsRecord>();
        var position = DnsQuestion.HeaderLength;
        if (answer.Length < position || !SkipQuestions(answer, ref position))
        {
            return found;
        }

        for (var records = BinaryPrimitives.ReadUInt16BigEndian(answer[6..]); records > 0; records--)
        {
            var owner = ReadName(answer, position);
            if (owner is null || !SkipName(answer, ref position) || position + 10 > answer.Length)
            {
                break;
            }

            var type = BinaryPrimitives.ReadUInt16BigEndian(answer[position..]);
            var seconds = BinaryPrimitives.ReadUInt32BigEndian(answer[(position + 4)..]);
            var length = BinaryPrimitives.ReadUInt16BigEndian(answer[(position + 8)..]);
            position += 10;
            if (position + length > answer.Length)
            {
                break;
            }

            var data = type == DnsQuestion.TypeCname ? ReadName(answer, position) : type is DnsQuestion.TypeA or DnsQuestion.TypeAaaa ? answer.Slice(position, length).ToArray() : null;
            if (data is not null)
            {
                found.Add(new DnsRecord(type, seconds, data, owner));
            }

            position += length;
        }

        return found;
    }

    private static bool SkipQuestions(ReadOnlySpan<byte> message, ref int position)
    {
        for (var questions = BinaryPrimitives.ReadUInt16BigEndian(message[4..]); questions > 0; questions--)
        {
            if (!SkipName(message, ref position) || (position += 4) > message.Length)
            {
                return false;
            }
        }

        return true;
    }

    // Pointers lead backwards only, so that no message makes it run for ever.
    private static byte[]? ReadName(ReadOnlySpan<byte> message, int position)
    {
        Span<byte> name = stackalloc byte[256];
        var length = 0;
        for (var limit = position + 1; position < message.Length;)
        {
            int label = message[position];
            if (label >= 0xc0)
            {
                if (position + 1 >= message.Length || (position = ((label & 0x3f) << 8) | message[position + 1]) >= limit - 1)
                {
                    return null;
                }

                limit = position + 1;
                continue;
            }

            if (position + label >= message.Length || length + label + 1 > 255)
            {
                return null;
            }

            message.Slice(position, label + 1).CopyTo(name[length..]);
            length += label + 1;
            position += label + 1;
            if (label == 0)
            {
                return name[..length].ToArray();
            }
        }

        return null;
    }

    private static bool SkipName(ReadOnlySpan<byte> message, ref int position)
    {
        while (position < message.Length)
        {
            int length = message[position];
            if (length >= 0xc0)
            {
                position += 2;
                return position <= message.Length;
            }

            position += length + 1;
            if (length == 0)
            {
                return true;
            }
        }

        return false;
    }
}
