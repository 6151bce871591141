using System.Buffers.Binary;

namespace Naru.Traffic.Names;

/// <summary>Writes one answer into a buffer: the question again, then records section by section, then EDNS where the asker speaks it. Over UDP it stops at what the asker takes.</summary>
internal ref struct DnsWriter
{
    internal const int LongestDatagram = 4096;
    private const int PlainUdpSize = 512, OurUdpSize = 1232, OptLength = 11;
    private readonly Span<byte> _buffer;
    private readonly int _limit;
    private readonly bool _hasOpt;
    private int _position;
    private int _count;
    private int _section;
    private bool _isTruncated;

    /// <param name="buffer">Long enough for the whole answer, or <see cref="LongestDatagram"/>.</param>
    /// <param name="question">What is answered.</param>
    /// <param name="overUdp">The answer must fit into a datagram that the asker takes.</param>
    internal DnsWriter(Span<byte> buffer, in DnsQuestion question, bool overUdp)
    {
        _buffer = buffer;
        _hasOpt = question.HasOpt;
        _limit = Math.Min(buffer.Length, overUdp ? Math.Clamp(question.PayloadSize, PlainUdpSize, LongestDatagram) : ushort.MaxValue) - (_hasOpt ? OptLength : 0);
        question.Message[..question.End].CopyTo(buffer);
        buffer[2] = (byte)(question.Message[2] & 0x79);
        buffer[3] = 0;
        buffer[6..12].Clear();
        _position = question.End;
    }

    internal void Answers(ReadOnlySpan<DnsRecord> records, int first = 0)
    {
        for (var index = 0; index < records.Length && !_isTruncated; index++)
        {
            Add(0, records[(index + first) % records.Length]);
        }
    }

    internal void Answer(DnsRecord record) => Add(0, record);

    internal void Authority(DnsRecord record) => Add(1, record);

    /// <summary>Records that the asker will want next; those that do not fit are left out.</summary>
    internal void Additional(ReadOnlySpan<DnsRecord> records, byte[] owner)
    {
        foreach (var record in records)
        {
            Add(2, record, owner);
        }
    }

    /// <summary>The finished answer.</summary>
    internal byte[] Finish(byte code, bool isAuthoritative, byte extendedCode = 0)
    {
        if (_hasOpt)
        {
            var opt = _buffer.Slice(_position, OptLength);
            opt.Clear();
            BinaryPrimitives.WriteUInt16BigEndian(opt[1..], DnsQuestion.TypeOpt);
            BinaryPrimitives.WriteUInt16BigEndian(opt[3..], OurUdpSize);
            opt[5] = extendedCode;
            _position += OptLength;
            Count(2);
        }

        _buffer[2] |= (byte)(0x80 | (isAuthoritative ? 0x04 : 0) | (_isTruncated ? 0x02 : 0));
        _buffer[3] = (byte)(0x80 | code);
        return _buffer[.._position].ToArray();
    }

    private void Add(int section, DnsRecord record, byte[]? owner = null)
    {
        owner ??= record.Owner;
        var length = (owner?.Length ?? 2) + 10 + record.Data.Length;
        if (_isTruncated || _position + length > _limit)
        {
            _isTruncated |= section < 2;
            return;
        }

        var target = _buffer[_position..];
        if (owner is null)
        {
            BinaryPrimitives.WriteUInt16BigEndian(target, 0xc000 | DnsQuestion.HeaderLength);
            target = target[2..];
        }
        else
        {
            owner.CopyTo(target);
            target = target[owner.Length..];
        }

        BinaryPrimitives.WriteUInt16BigEndian(target, record.Type);
        BinaryPrimitives.WriteUInt16BigEndian(target[2..], DnsQuestion.ClassInternet);
        BinaryPrimitives.WriteUInt32BigEndian(target[4..], record.TimeToLive);
        BinaryPrimitives.WriteUInt16BigEndian(target[8..], (ushort)record.Data.Length);
        record.Data.CopyTo(target[10..]);
        _position += length;
        Count(section);
    }

    private void Count(int section)
    {
        (_section, _count) = section == _section ? (section, _count + 1) : (section, 1);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[(6 + (2 * section))..], (ushort)_count);
    }
}
