using System.Globalization;
using Naru.Objects.Kinds;
using Naru.Objects.Schemas;
using Naru.Objects.Schemas.Structural;
using Naru.Objects.Values;

namespace Naru.Cluster.CustomResources;

/// <summary>The fields that a version of a definition lets select: single words, numbers or truths outside lists.</summary>
internal static class SelectableFields
{
    private const int Most = 8;

    /// <summary>Adds what is wrong with them.</summary>
    /// <param name="version">The entry of <c>spec.versions</c>.</param>
    /// <param name="schema">Its schema.</param>
    /// <param name="path">Where the entry stands.</param>
    /// <param name="errors">Added to.</param>
    public static void Check(MapValue version, StructuralSchema schema, string path, FieldErrors errors)
    {
        var index = 0;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in version.Maps("selectableFields"))
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"{path}.selectableFields[{index++}].jsonPath");
            var text = field.Text("jsonPath") ?? "";
            if (text.Length == 0)
            {
                errors.Required(place);
            }
            else if (Find(schema, text) is not { } found)
            {
                errors.Invalid(place, text, $"is an invalid path: {text} does not refer to a valid field");
            }
            else if (text.StartsWith(".metadata.", StringComparison.Ordinal))
            {
                errors.Invalid(place, text, "must not point to fields in metadata");
            }
            else if (found.Source.Text("type") is not ("string" or "boolean" or "integer"))
            {
                errors.Invalid(place, text, "must point to a field of type string, boolean or integer. Enum string fields and strings with allowed formats are allowed.");
            }
            else if (!seen.Add(text))
            {
                errors.Duplicate(place, text);
            }
        }

        if (index > Most)
        {
            errors.TooMany($"{path}.selectableFields", index, Most);
        }
    }

    private static StructuralSchema? Find(StructuralSchema schema, string path)
    {
        if (!path.StartsWith('.'))
        {
            return null;
        }

        var at = schema;
        var parts = path[1..].Split('.');
        for (var place = 0; place < parts.Length; place++)
        {
            if (place == 0 && parts.Length == 2 && parts[0] == "metadata")
            {
                return at;
            }

            if (at.Kind == SchemaKind.List || at.FieldSchema(parts[place]) is not { } next)
            {
                return null;
            }

            at = next;
        }

        return at;
    }
}
