using System.Buffers;
using System.Text;
using System.Text.Json;
using Naru.Core.Errors;
using Naru.Objects.Values;

namespace Naru.Objects.Json;

/// <summary>JSON to trees and back. Any thread.</summary>
public static class JsonText
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _scratch;

    /// <summary>Reads one value. A field that stands twice counts with its last value, as in Go.</summary>
    /// <param name="utf8">The text; nothing but white space may follow the value.</param>
    /// <param name="limits">Null for <see cref="JsonLimits.Default"/>.</param>
    /// <param name="doubled">Gets a line for each doubled field: <c>duplicate field "spec.replicas"</c>.</param>
    /// <exception cref="NaruException">InvalidArgument: no JSON, too deep or too large.</exception>
    public static Value Parse(ReadOnlySpan<byte> utf8, JsonLimits? limits = null, List<string>? doubled = null)
    {
        limits ??= JsonLimits.Default;
        if (utf8.Length > limits.Size)
        {
            throw NaruException.Invalid($"the JSON text has {utf8.Length} bytes, at most {limits.Size} are allowed");
        }

        if (utf8.StartsWith("\uFEFF"u8))
        {
            utf8 = utf8[3..];
        }

        var reader = new JsonTreeReader(utf8, limits.Depth, doubled);
        try
        {
            return reader.ReadDocument();
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            throw new NaruException(ErrorKind.InvalidArgument, $"json parse error: {FirstSentence(failure.Message)}", failure);
        }
    }

    /// <summary>Reads text that must be an object.</summary>
    public static MapValue ParseMap(ReadOnlySpan<byte> utf8, JsonLimits? limits = null, List<string>? doubled = null) =>
        Parse(utf8, limits, doubled) as MapValue ?? throw NaruException.Invalid("json parse error: the value is not an object");

    /// <summary>Reads text in memory.</summary>
    public static Value Parse(string text) => Parse(Encoding.UTF8.GetBytes(text));

    /// <summary>Writes compact JSON in the order of the tree's fields.</summary>
    public static void Write(Value value, IBufferWriter<byte> target)
    {
        var writer = new JsonTreeWriter(target);
        writer.Write(value);
        writer.Flush();
    }

    /// <summary><see cref="Write"/> into an array of its own.</summary>
    public static byte[] ToBytes(Value value)
    {
        var scratch = _scratch ?? new ArrayBufferWriter<byte>(8192);
        _scratch = null;
        Write(value, scratch);
        var bytes = scratch.WrittenSpan.ToArray();
        if (scratch.Capacity <= 1024 * 1024)
        {
            scratch.ResetWrittenCount();
            _scratch = scratch;
        }

        return bytes;
    }

    /// <summary><see cref="Write"/> as text.</summary>
    public static string ToText(Value value) => Encoding.UTF8.GetString(ToBytes(value));

    private static string FirstSentence(string message)
    {
        var end = message.IndexOf(" Path: ", StringComparison.Ordinal);
        return (end < 0 ? message : message[..end]).TrimEnd('.');
    }
}
