using System.Buffers;
using System.Text;

namespace Naru.Ingress.Lean;

/// <summary>Bytes that are written before they are sent, in an array of the shared pool.</summary>
internal sealed class HeadBytes : IDisposable
{
    private const int FirstSize = 2048;

    private static readonly SearchValues<char> Forbidden = SearchValues.Create("\r\n\0");

    private byte[] _bytes = [];
    private int _length;

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    public bool IsEmpty => _length == 0;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length).Span);
        _length += bytes.Length;
    }

    /// <summary>Adds text as UTF-8.</summary>
    /// <exception cref="InvalidDataException">It would break out of its line.</exception>
    public void Add(string text)
    {
        if (text.AsSpan().ContainsAny(Forbidden))
        {
            throw new InvalidDataException("a value has a line break");
        }

        _length += Encoding.UTF8.GetBytes(text, Room(text.Length * 3).Span);
    }

    /// <summary>Room for so many more bytes, behind what was written.</summary>
    public Memory<byte> Room(int count)
    {
        if (_bytes.Length - _length < count)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(_bytes.Length * 2, FirstSize), _length + count));
            Written.CopyTo(larger);
            Return(_bytes);
            _bytes = larger;
        }

        return _bytes.AsMemory(_length);
    }

    /// <summary>So many bytes were put into the room.</summary>
    public void Advance(int count) => _length += count;

    /// <summary>Takes everything from a place on away.</summary>
    public void Truncate(int length) => _length = length;

    /// <summary>Gives the array back; it can be written to again.</summary>
    public void Dispose()
    {
        Return(_bytes);
        _bytes = [];
        _length = 0;
    }

    private static void Return(byte[] bytes)
    {
        if (bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
