using System.Globalization;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Objects.Apply;

/// <summary>One manager and the fields that it owns: an entry of <c>metadata.managedFields</c>.</summary>
internal sealed record ManagerEntry(string Manager, string Operation, string ApiVersion, string Subresource, string Time, MapValue Fields)
{
    public const string Apply = "Apply";
    public const string Update = "Update";

    private const int LongestName = 128;

    /// <summary>Reads an entry; null if it is none.</summary>
    public static ManagerEntry? Read(Value value)
    {
        if (value is not MapValue map || map.Text("operation") is not (Apply or Update) || map.Text("fieldsType") is not "FieldsV1" || map.Map("fieldsV1") is not { } fields)
        {
            return null;
        }

        var entry = new ManagerEntry(map.Text("manager") ?? "", map.Text("operation")!, map.Text("apiVersion") ?? "", map.Text("subresource") ?? "", map.Text("time") ?? "", fields);
        return entry.Manager.Length <= LongestName && entry.ApiVersion.Length > 0 && IsSet(fields) ? entry : null;
    }

    /// <summary>The entry as it is stored.</summary>
    public MapValue Write()
    {
        var map = new MapValue(7) { ["apiVersion"] = ApiVersion, ["fieldsType"] = "FieldsV1", ["fieldsV1"] = Fields, ["manager"] = Manager, ["operation"] = Operation };
        if (Subresource.Length > 0)
        {
            map["subresource"] = Subresource;
        }

        if (Time.Length > 0)
        {
            map["time"] = Time;
        }

        return map;
    }

    /// <summary>Whether both are the same manager. An applier is the same in all versions.</summary>
    public bool IsSameAs(ManagerEntry other) => Manager == other.Manager && Operation == other.Operation && Subresource == other.Subresource
        && (Operation == Apply || ApiVersion == other.ApiVersion);

    /// <summary>As messages name it.</summary>
    public string Show()
    {
        var name = JsonText.ToText(Manager);
        var through = Subresource.Length > 0 ? $" with subresource {JsonText.ToText(Subresource)}" : "";
        return Operation == Update ? $"{name}{through} using {ApiVersion}" : name + through;
    }

    /// <summary>A time as objects write it.</summary>
    public static string Moment(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static bool IsSet(MapValue node)
    {
        foreach (ref readonly var part in node.AsSpan())
        {
            var known = part.Key == FieldKeys.Self || (part.Key.Length >= 2 && part.Key[1] == ':' && part.Key[0] is 'f' or 'k' or 'v' or 'i');
            if (!known || part.Value is not MapValue inner || !IsSet(inner))
            {
                return false;
            }
        }

        return true;
    }
}
