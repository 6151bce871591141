using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Naru.Traffic.Tests.Names;

/// <summary>A whole answer, read by a reader of its own so that the writer cannot agree with itself.</summary>
internal sealed class DnsMessage
{
    private readonly byte[] _bytes;
    private int _position = 12;

    internal DnsMessage(byte[] bytes)
    {
        _bytes = bytes;
        Assert.True(bytes.Length >= 12);
        Assert.Equal(1, Short(4));
        Name();
        _position += 4;
        Answers = Section(6);
        Authority = Section(8);
        Additional = Section(10);
        Assert.Equal(bytes.Length, _position);
    }

    internal int Code => _bytes[3] & 0x0f;

    internal bool IsTruncated => (_bytes[2] & 0x02) != 0;

    internal bool IsAuthoritative => (_bytes[2] & 0x04) != 0;

    internal IReadOnlyList<string> Answers { get; }

    internal IReadOnlyList<string> Authority { get; }

    internal IReadOnlyList<string> Additional { get; }

    private int Short(int at) => BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(at));

    private List<string> Section(int countAt)
    {
        var records = new List<string>();
        for (var count = Short(countAt); count > 0; count--)
        {
            var owner = Name();
            var type = Short(_position);
            var end = _position + 10 + Short(_position + 8);
            _position += 10;
            records.Add($"{owner} {Text(type, end)}");
            _position = end;
        }

        return records;
    }

    private string Text(int type, int end) => type switch
    {
        1 or 28 => (type == 1 ? "A " : "AAAA ") + new IPAddress(_bytes.AsSpan(_position, end - _position)),
        2 => "NS " + Name(),
        5 => "CNAME " + Name(),
        12 => "PTR " + Name(),
        6 => $"SOA {Name()} {Name()}",
        16 => "TXT " + Encoding.ASCII.GetString(_bytes, _position + 1, _bytes[_position]),
        33 => $"SRV {Short(_position)} {Short(_position + 2)} {Short(_position + 4)} {At(_position + 6)}",
        41 => $"OPT {_bytes[_position - 6]}",
        _ => $"TYPE{type}",
    };

    private string At(int position)
    {
        _position = position;
        return Name();
    }

    private string Name()
    {
        var labels = new List<string>();
        var position = _position;
        var hasJumped = false;
        while (true)
        {
            int length = _bytes[position];
            if (length >= 0xc0)
            {
                _position = hasJumped ? _position : position + 2;
                hasJumped = true;
                position = Short(position) & 0x3fff;
                continue;
            }

            position++;
            if (length == 0)
            {
                break;
            }

            labels.Add(Encoding.ASCII.GetString(_bytes, position, length));
            position += length;
        }

        _position = hasJumped ? _position : position;
        return string.Join('.', labels);
    }
}
