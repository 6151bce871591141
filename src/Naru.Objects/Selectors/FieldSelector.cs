using System.Collections.Immutable;
using System.Text;
using Naru.Core.Errors;

namespace Naru.Objects.Selectors;

/// <summary>One term of a field selector.</summary>
/// <param name="Path">The field: <c>metadata.name</c>.</param>
/// <param name="Value">What it is compared with.</param>
/// <param name="Negated">It must differ.</param>
public readonly record struct FieldRequirement(string Path, string Value, bool Negated)
{
    /// <summary>Whether a field of this text satisfies the term.</summary>
    public bool Matches(string text) => text == Value != Negated;

    /// <inheritdoc/>
    public override string ToString() => $"{Path}{(Negated ? "!=" : "=")}{FieldSelector.Escape(Value)}";
}

/// <summary>Chooses objects by their fields: all of its terms must hold. Immutable.</summary>
public sealed class FieldSelector
{
    /// <summary>Matches everything.</summary>
    public static readonly FieldSelector Everything = new([]);

    private FieldSelector(ImmutableArray<FieldRequirement> requirements) => Requirements = requirements;

    /// <summary>The terms.</summary>
    public ImmutableArray<FieldRequirement> Requirements { get; }

    /// <summary>It matches everything.</summary>
    public bool IsEverything => Requirements.IsEmpty;

    /// <summary>Reads <c>metadata.name=a,spec.nodeName!=b</c>; empty text matches everything. A comma, an equals sign and a backslash in a value are written with a backslash before them.</summary>
    /// <exception cref="NaruException">InvalidArgument, in Kubernetes' words.</exception>
    public static FieldSelector Parse(string text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return Everything;
        }

        var terms = ImmutableArray.CreateBuilder<FieldRequirement>();
        foreach (var part in SplitTerms(text))
        {
            if (part.Length > 0)
            {
                terms.Add(ReadTerm(text, part));
            }
        }

        return terms.Count == 0 ? Everything : new(terms.ToImmutable());
    }

    /// <summary>The value that a term demands of a field; null if none does.</summary>
    public string? Exact(string path)
    {
        foreach (var requirement in Requirements)
        {
            if (requirement.Path == path && !requirement.Negated)
            {
                return requirement.Value;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(',', Requirements);

    /// <summary>A value with its marks escaped.</summary>
    public static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal).Replace("=", "\\=", StringComparison.Ordinal);

    private static IEnumerable<string> SplitTerms(string text)
    {
        var start = 0;
        for (var place = 0; place < text.Length; place++)
        {
            if (text[place] == '\\')
            {
                place++;
            }
            else if (text[place] == ',')
            {
                yield return text[start..place];
                start = place + 1;
            }
        }

        yield return text[start..];
    }

    private static FieldRequirement ReadTerm(string all, string part)
    {
        for (var place = 0; place < part.Length; place++)
        {
            var rest = part.AsSpan(place);
            var length = rest.StartsWith("!=") || rest.StartsWith("==") ? 2 : rest[0] == '=' ? 1 : 0;
            if (length > 0)
            {
                return new(part[..place], Unescape(part[(place + length)..]), rest[0] == '!');
            }
        }

        throw NaruException.Invalid($"invalid selector: '{all}'; can't understand '{part}'");
    }

    private static string Unescape(string value)
    {
        if (value.AsSpan().IndexOfAny("\\,=") < 0)
        {
            return value;
        }

        var plain = new StringBuilder(value.Length);
        for (var place = 0; place < value.Length; place++)
        {
            var mark = value[place];
            if (mark is ',' or '=')
            {
                throw NaruException.Invalid($"invalid field selector: unescaped character in value: {mark}");
            }

            if (mark == '\\')
            {
                place++;
                mark = place < value.Length ? value[place] : throw NaruException.Invalid("invalid field selector: invalid escape sequence: \\");
                if (mark is not ('\\' or ',' or '='))
                {
                    throw NaruException.Invalid($"invalid field selector: invalid escape sequence: \\{mark}");
                }
            }

            plain.Append(mark);
        }

        return plain.ToString();
    }
}
