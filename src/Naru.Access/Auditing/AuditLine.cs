using System.Buffers;
using System.Buffers.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Naru.Objects.Access;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Access.Auditing;

/// <summary>Writes an event as a line of JSON, field by field: every request has one, so it makes no tree of it.</summary>
internal readonly ref struct AuditLine
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    private readonly Utf8JsonWriter _json;

    private AuditLine(Utf8JsonWriter json) => _json = json;

    public static AuditLine Begin()
    {
        if (_buffer is null || _buffer.Capacity > 64 * 1024)
        {
            _buffer = new ArrayBufferWriter<byte>(2048);
        }

        _buffer.ResetWrittenCount();
        var json = _writer ??= new Utf8JsonWriter(_buffer, Options);
        json.Reset(_buffer);
        json.WriteStartObject();
        return new AuditLine(json);
    }

    /// <summary>The line, with its end; until this thread begins another.</summary>
    public ReadOnlySpan<byte> End()
    {
        _json.WriteEndObject();
        _json.Flush();
        var buffer = _buffer!;
        buffer.Write("\n"u8);
        return buffer.WrittenSpan;
    }

    public void Text(ReadOnlySpan<byte> field, string value) => _json.WriteString(field, value);

    public void Tree(ReadOnlySpan<byte> field, Value value)
    {
        _json.WritePropertyName(field);
        _json.WriteRawValue(JsonText.ToBytes(value), skipInputValidation: true);
    }

    public void Moment(ReadOnlySpan<byte> field, DateTimeOffset moment)
    {
        // The round trip's form has seven digits of a second, Kubernetes six.
        Span<byte> text = stackalloc byte[32];
        Utf8Formatter.TryFormat(moment.UtcDateTime, text, out _, 'O');
        text[26] = (byte)'Z';
        _json.WriteString(field, text[..27]);
    }

    public void User(ReadOnlySpan<byte> field, UserInfo user)
    {
        _json.WriteStartObject(field);
        _json.WriteString("username"u8, user.Name);
        if (user.Uid.Length > 0)
        {
            _json.WriteString("uid"u8, user.Uid);
        }

        List("groups"u8, user.Groups.IsDefault ? [] : user.Groups.AsSpan());
        if (!user.Extra.IsEmpty)
        {
            _json.WriteStartObject("extra"u8);
            foreach (var (key, values) in user.Extra)
            {
                _json.WriteStartArray(key);
                foreach (var value in values)
                {
                    _json.WriteStringValue(value);
                }

                _json.WriteEndArray();
            }

            _json.WriteEndObject();
        }

        _json.WriteEndObject();
    }

    public void List(ReadOnlySpan<byte> field, ReadOnlySpan<string> values)
    {
        _json.WriteStartArray(field);
        foreach (var value in values)
        {
            _json.WriteStringValue(value);
        }

        _json.WriteEndArray();
    }

    /// <summary>What is asked about; where the path does not say the name of an object, its body does.</summary>
    public void Reference(ReadOnlySpan<byte> field, AccessAttempt attempt, MapValue? metadata)
    {
        _json.WriteStartObject(field);
        _json.WriteString("resource"u8, attempt.Resource);
        TextUnlessEmpty("namespace"u8, attempt.Namespace);
        TextUnlessEmpty("name"u8, attempt.Name.Length > 0 ? attempt.Name : metadata?.Text("name") ?? "");
        TextUnlessEmpty("uid"u8, metadata?.Text("uid") ?? "");
        TextUnlessEmpty("apiGroup"u8, attempt.Group);
        TextUnlessEmpty("apiVersion"u8, attempt.Version);
        TextUnlessEmpty("resourceVersion"u8, metadata?.Text("resourceVersion") ?? "");
        TextUnlessEmpty("subresource"u8, attempt.Subresource);
        _json.WriteEndObject();
    }

    public void Status(ReadOnlySpan<byte> field, MapValue? status, int code)
    {
        _json.WriteStartObject(field);
        _json.WriteStartObject("metadata"u8);
        _json.WriteEndObject();
        foreach (var name in status is null ? [] : (ReadOnlySpan<string>)["status", "message", "reason", "details"])
        {
            if (status![name] is { } value)
            {
                _json.WritePropertyName(name);
                _json.WriteRawValue(JsonText.ToBytes(value), skipInputValidation: true);
            }
        }

        _json.WriteNumber("code"u8, code);
        _json.WriteEndObject();
    }

    private void TextUnlessEmpty(ReadOnlySpan<byte> field, string value)
    {
        if (value.Length > 0)
        {
            _json.WriteString(field, value);
        }
    }
}
