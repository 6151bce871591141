using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Naru.Traffic.Names;

/// <summary>Writes answers (RFC 1035, 6891), and reads of others' answers what a cache must know.</summary>
internal static class DnsAnswer
{
    internal const byte NoError = 0, FormatError = 1, ServerFailure = 2, NoSuchName = 3, NotImplemented = 4, Refused = 5;
    private const int PlainUdpSize = 512, OurUdpSize = 1232, OptLength = 11;

    /// <summary>An answer with the given records, cut to what the asker takes when it came over UDP.</summary>
    internal static byte[] Write(DnsQuestion question, byte code, IReadOnlyList<byte[]> data, uint timeToLive, bool overUdp, bool isAuthoritative)
    {
        var limit = overUdp ? Math.Clamp(question.PayloadSize, PlainUdpSize, 4096) : ushort.MaxValue;
        var opt = question.PayloadSize > 0 ? OptLength : 0;
        var answer = new byte[Math.Min(limit, question.End + opt + data.Sum(static item => 12 + item.Length))];
        question.Message[..question.End].CopyTo(answer);
        var position = question.End;
        ushort count = 0;
        foreach (var item in data)
        {
            if (position + 12 + item.Length + opt > answer.Length)
            {
                break;
            }

            var record = answer.AsSpan(position);
            BinaryPrimitives.WriteUInt16BigEndian(record, 0xc00c);
            BinaryPrimitives.WriteUInt16BigEndian(record[2..], question.Type);
            BinaryPrimitives.WriteUInt16BigEndian(record[4..], DnsQuestion.ClassInternet);
            BinaryPrimitives.WriteUInt32BigEndian(record[6..], timeToLive);
            BinaryPrimitives.WriteUInt16BigEndian(record[10..], (ushort)item.Length);
            item.CopyTo(record[12..]);
            position += 12 + item.Length;
            count++;
        }

        if (opt > 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(position + 1), DnsQuestion.TypeOpt);
            BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(position + 3), OurUdpSize);
            position += OptLength;
        }

        WriteHeader(answer, question.Message, code, count, truncated: count < data.Count, isAuthoritative);
        BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(10), (ushort)(opt > 0 ? 1 : 0));
        return answer[..position];
    }

    /// <summary>The shortest refusal, for what could not be read; null when there is not even a header.</summary>
    internal static byte[]? WriteUnreadable(ReadOnlySpan<byte> message)
    {
        if (message.Length < DnsQuestion.HeaderLength || (message[2] & 0x80) != 0)
        {
            return null;
        }

        var answer = new byte[DnsQuestion.HeaderLength];
        WriteHeader(answer, message, FormatError, 0, truncated: false, isAuthoritative: false);
        BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(4), 0);
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

    /// <summary>How long an answer may be kept: the least time of its records; null when it must not be kept or cannot be read.</summary>
    internal static TimeSpan? Lifetime(ReadOnlySpan<byte> answer)
    {
        if (answer.Length < DnsQuestion.HeaderLength || (answer[2] & 0x02) != 0 || (answer[3] & 0x0f) is not (NoError or NoSuchName))
        {
            return null;
        }

        var position = DnsQuestion.HeaderLength;
        for (var questions = BinaryPrimitives.ReadUInt16BigEndian(answer[4..]); questions > 0; questions--)
        {
            if (!SkipName(answer, ref position) || (position += 4) > answer.Length)
            {
                return null;
            }
        }

        var records = BinaryPrimitives.ReadUInt16BigEndian(answer[6..]) + BinaryPrimitives.ReadUInt16BigEndian(answer[8..]);
        uint? least = null;
        for (; records > 0; records--)
        {
            if (!SkipName(answer, ref position) || position + 10 > answer.Length)
            {
                return null;
            }

            var seconds = BinaryPrimitives.ReadUInt32BigEndian(answer[(position + 4)..]);
            least = Math.Min(least ?? uint.MaxValue, seconds);
            position += 10 + BinaryPrimitives.ReadUInt16BigEndian(answer[(position + 8)..]);
        }

        return position <= answer.Length && least is { } value ? TimeSpan.FromSeconds(Math.Min(value, 3600)) : null;
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

    private static void WriteHeader(Span<byte> answer, ReadOnlySpan<byte> question, byte code, ushort count, bool truncated, bool isAuthoritative)
    {
        question[..6].CopyTo(answer);
        answer[2] = (byte)(0x80 | (isAuthoritative ? 0x04 : 0) | (truncated ? 0x02 : 0) | (question[2] & 0x79));
        answer[3] = (byte)(0x80 | code);
        BinaryPrimitives.WriteUInt16BigEndian(answer[6..], count);
        answer[8..12].Clear();
    }
}
