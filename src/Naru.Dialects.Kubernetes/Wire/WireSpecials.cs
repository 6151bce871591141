using System.Buffers;
using System.Globalization;
using Naru.Dialects.Kubernetes.Answers;
using Naru.Dialects.Kubernetes.Requests;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Wire;

/// <summary>Messages that are no objects in JSON: times, quantities, numbers or texts, raw JSON, lists and choices.</summary>
internal static class WireSpecials
{
    /// <summary>Reads such a message; false if it is an ordinary one. <paramref name="value"/> is null when it says nothing.</summary>
    public static bool TryRead(WireField field, WireMessage? message, ReadOnlySpan<byte> bytes, int depth, out Value? value)
    {
        switch (message?.Name)
        {
            case "Time" or "MicroTime" or "Timestamp":
                value = ReadTime(bytes, message);
                return true;
            case "Quantity":
                value = Plain(bytes, message, depth)["string"] ?? "0";
                return true;
            case "IntOrString":
                value = ReadIntOrString(field, Plain(bytes, message, depth));
                return true;
            case "RawExtension" or "FieldsV1" or "JSON":
                value = ReadRaw(bytes);
                return true;
            case "Duration":
                value = $"{((Plain(bytes, message, depth).Integer("duration") ?? 0) / 1e9).ToString(CultureInfo.InvariantCulture)}s";
                return true;
            case "ExtraValue" or "Verbs":
                value = Plain(bytes, message, depth)["items"] ?? new ListValue();
                return true;
            case "JSONSchemaPropsOrBool":
                var choice = Plain(bytes, message, depth);
                value = choice["schema"] ?? (Value)(choice.Boolean("allows") ?? false);
                return true;
            case "JSONSchemaPropsOrArray" or "JSONSchemaPropsOrStringArray":
                var either = Plain(bytes, message, depth);
                value = either["schema"] ?? either["jSONSchemas"] ?? either["property"];
                return true;
            default:
                value = null;
                return false;
        }
    }

    /// <summary>Writes such a message; false if it is an ordinary one.</summary>
    public static bool TryWrite(WireMessage? message, Value value, IBufferWriter<byte> target)
    {
        switch (message?.Name)
        {
            case "Time" or "MicroTime" or "Timestamp":
                WriteTime(value, target);
                return true;
            case "Quantity":
                ProtobufForm.WriteText(target, 1, value.ToString() ?? "");
                return true;
            case "IntOrString":
                WriteIntOrString(value, target);
                return true;
            case "RawExtension" or "FieldsV1" or "JSON":
                WriteBytes(target, 1, JsonText.ToBytes(value));
                return true;
            case "Duration":
                ProtobufForm.WriteNumber(target, 1, (long)((DurationText.Parse(value.ToString() ?? "") ?? TimeSpan.Zero).TotalSeconds * 1e9));
                return true;
            case "ExtraValue" or "Verbs":
                foreach (var item in value as ListValue ?? [])
                {
                    WriteBytes(target, 1, System.Text.Encoding.UTF8.GetBytes(item.ToString() ?? ""));
                }

                return true;
            case "JSONSchemaPropsOrBool":
                WireWriter.Write(value is MapValue ? new MapValue { ["allows"] = true, ["schema"] = value } : new MapValue { ["allows"] = value }, message, target);
                return true;
            case "JSONSchemaPropsOrArray":
                WireWriter.Write(new MapValue { [value is ListValue ? "jSONSchemas" : "schema"] = value }, message, target);
                return true;
            case "JSONSchemaPropsOrStringArray":
                WireWriter.Write(new MapValue { [value is ListValue ? "property" : "schema"] = value }, message, target);
                return true;
            default:
                return false;
        }
    }

    public static void WriteBytes(IBufferWriter<byte> target, int field, ReadOnlySpan<byte> bytes)
    {
        ProtobufForm.WriteTag(target, field, bytes.Length);
        target.Write(bytes);
    }

    private static MapValue Plain(ReadOnlySpan<byte> bytes, WireMessage message, int depth)
    {
        var map = new MapValue();
        WireReader.Read(bytes, message, map, depth + 1);
        return map;
    }

    private static Value? ReadTime(ReadOnlySpan<byte> bytes, WireMessage message)
    {
        if (bytes.Length == 0)
        {
            return null;
        }

        var map = Plain(bytes, message, 0);
        var seconds = Math.Clamp(map.Integer("seconds") ?? 0, -62_135_596_800, 253_402_300_799);
        var time = DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(Math.Clamp(map.Integer("nanos") ?? 0, 0, 999_999_999) / 100);
        return seconds <= -62_135_596_800 ? null : (Value)time.ToString(message.Name == "MicroTime" ? "yyyy-MM-ddTHH:mm:ss.ffffffZ" : "yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
    }

    private static void WriteTime(Value value, IBufferWriter<byte> target)
    {
        if (value is TextValue text && DateTimeOffset.TryParse(text.Text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            ProtobufForm.WriteNumber(target, 1, time.ToUnixTimeSeconds());
            ProtobufForm.WriteNumber(target, 2, time.Ticks % TimeSpan.TicksPerSecond * 100);
        }
    }

    // A target port that nobody set arrives as zero; elsewhere zero is a number like others.
    private static Value? ReadIntOrString(WireField field, MapValue map)
    {
        if (map.Integer("type") == 1)
        {
            return map.Text("strVal") ?? "";
        }

        var number = map.Integer("intVal") ?? 0;
        return number == 0 && field.Name == "targetPort" ? null : number;
    }

    private static void WriteIntOrString(Value value, IBufferWriter<byte> target)
    {
        ProtobufForm.WriteNumber(target, 1, value is IntegerValue ? 0 : 1);
        if (value is IntegerValue number)
        {
            ProtobufForm.WriteNumber(target, 2, number.Number);
        }
        else
        {
            ProtobufForm.WriteText(target, 3, value.ToString() ?? "");
        }
    }

    private static Value? ReadRaw(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var tag = WireReader.Varint(ref bytes);
            if ((tag & 7) != 2)
            {
                return null;
            }

            var raw = WireReader.Take(ref bytes, WireReader.Varint(ref bytes));
            if (tag >> 3 == 1 && raw.Length > 0)
            {
                return raw.StartsWith("k8s\0"u8) ? KubernetesProtobuf.Decode(raw) : JsonText.Parse(raw);
            }
        }

        return null;
    }
}
