using System.Collections.Immutable;
using Naru.Core.Errors;

namespace Naru.Objects.Kinds;

/// <summary>Broken rules as they are found, each with the path of its field, in the words that Kubernetes' users know.</summary>
public sealed class FieldErrors
{
    private readonly List<FailureCause> _causes = [];

    /// <summary>Nothing is broken.</summary>
    public bool IsEmpty => _causes.Count == 0;

    /// <summary>What was found.</summary>
    public ImmutableArray<FailureCause> Causes => [.. _causes];

    /// <summary>A field must be there and is not.</summary>
    public void Required(string field, string detail = "") => Add("FieldValueRequired", field, detail.Length == 0 ? "Required value" : $"Required value: {detail}");

    /// <summary>A field has a value that breaks a rule. Text is shown in quotes.</summary>
    public void Invalid(string field, object? value, string detail) => Add("FieldValueInvalid", field, $"Invalid value: {Show(value)}: {detail}");

    /// <summary>A field has a value outside a closed list.</summary>
    public void NotSupported(string field, object? value, params IEnumerable<string> supported) =>
        Add("FieldValueNotSupported", field, $"Unsupported value: {Show(value)}: supported values: {string.Join(", ", supported.Select(static one => $"\"{one}\""))}");

    /// <summary>A value stands twice where it may stand once.</summary>
    public void Duplicate(string field, object? value) => Add("FieldValueDuplicate", field, $"Duplicate value: {Show(value)}");

    /// <summary>A field must not be set, or not be changed, here.</summary>
    public void Forbidden(string field, string detail) => Add("FieldValueForbidden", field, $"Forbidden: {detail}");

    /// <summary>A field names something that does not exist.</summary>
    public void NotFound(string field, object? value) => Add("FieldValueNotFound", field, $"Not found: {Show(value)}");

    /// <summary>A field is of the wrong type.</summary>
    public void TypeInvalid(string field, object? value, string detail) => Add("FieldValueTypeInvalid", field, $"Invalid value: {Show(value)}: {detail}");

    /// <summary>A value is longer than allowed.</summary>
    public void TooLong(string field, long most) => Add("FieldValueTooLong", field, $"Too long: may not be more than {most} bytes");

    /// <summary>A list has more entries than allowed.</summary>
    public void TooMany(string field, long count, long most) => Add("FieldValueTooMany", field, $"Too many: {count}: must have at most {most} items");

    /// <summary>The failure that the broken rules make: <c>Pod "a" is invalid: spec.containers: Required value</c>.</summary>
    public NaruException ToFailure(string group, string kind, string name)
    {
        var lines = _causes.Select(static cause => $"{cause.Field}: {cause.Message}").Distinct().ToList();
        var text = lines.Count == 1 ? lines[0] : $"[{string.Join(", ", lines)}]";
        return new NaruException(ErrorKind.InvalidArgument, $"{kind}{(group.Length == 0 ? "" : $".{group}")} \"{name}\" is invalid: {text}")
        {
            Details = new FailureDetails { Group = group, Kind = kind, Name = name, Causes = Causes },
        };
    }

    /// <summary>Adds a broken rule with its reason and full message.</summary>
    public void Add(string reason, string field, string message) => _causes.Add(new FailureCause(reason, message, field));

    private static string Show(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        Values.TextValue text => $"\"{text.Text}\"",
        Values.MapValue or Values.ListValue => Json.JsonText.ToText((Values.Value)value),
        bool truth => truth ? "true" : "false",
        IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
