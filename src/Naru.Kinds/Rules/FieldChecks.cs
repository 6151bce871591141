using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Rules;

/// <summary>Rules that many fields share.</summary>
internal static class FieldChecks
{
    /// <summary>A field has not been changed.</summary>
    public const string Immutable = "field is immutable";

    private const string PortRange = "must be between 1 and 65535, inclusive";

    /// <summary>A text of a certain form.</summary>
    public static void Form(this FieldErrors errors, FieldPath path, string text, Func<string, string?> check)
    {
        if (check(text) is { } wrong)
        {
            errors.Invalid(path, text, wrong);
        }
    }

    /// <summary>A text that must be there, of a certain form.</summary>
    public static void RequiredForm(this FieldErrors errors, FieldPath path, string text, Func<string, string?> check)
    {
        if (text.Length == 0)
        {
            errors.Required(path);
        }
        else
        {
            errors.Form(path, text, check);
        }
    }

    /// <summary>A field that must be there and filled.</summary>
    public static void RequiredField(this FieldErrors errors, MapValue map, FieldPath path, string name, string detail = "")
    {
        if (!map.Filled(name))
        {
            errors.Required(path.Child(name), detail);
        }
    }

    /// <summary>A word of a closed list; missing is an error.</summary>
    public static void RequiredWord(this FieldErrors errors, FieldPath path, string word, params string[] words)
    {
        if (word.Length == 0)
        {
            errors.Required(path);
        }
        else
        {
            errors.Word(path, word, words);
        }
    }

    /// <summary>A word of a closed list.</summary>
    public static void Word(this FieldErrors errors, FieldPath path, string word, params string[] words)
    {
        if (!words.Contains(word))
        {
            errors.NotSupported(path, word, words);
        }
    }

    /// <summary>A word of a closed list, or nothing.</summary>
    public static void OptionalWord(this FieldErrors errors, MapValue map, FieldPath path, string name, params string[] words)
    {
        if (map[name] is TextValue word)
        {
            errors.Word(path.Child(name), word.Text, words);
        }
    }

    /// <summary>A number that is not below zero.</summary>
    public static void NotNegative(this FieldErrors errors, MapValue map, FieldPath path, string name)
    {
        if (map[name] is IntegerValue { Number: < 0 } number)
        {
            errors.Invalid(path.Child(name), number, "must be greater than or equal to 0");
        }
    }

    /// <summary>A number above zero.</summary>
    public static void Positive(this FieldErrors errors, MapValue map, FieldPath path, string name)
    {
        if (map[name] is IntegerValue { Number: <= 0 } number)
        {
            errors.Invalid(path.Child(name), number, "must be greater than 0");
        }
    }

    /// <summary>A number in a range.</summary>
    public static void Range(this FieldErrors errors, FieldPath path, long number, long least, long most)
    {
        if (number < least || number > most)
        {
            errors.Invalid(path, number, string.Create(CultureInfo.InvariantCulture, $"must be between {least} and {most}, inclusive"));
        }
    }

    /// <summary>A number of a port.</summary>
    public static void Port(this FieldErrors errors, FieldPath path, long port)
    {
        if (port is < 1 or > 65535)
        {
            errors.Invalid(path, port, PortRange);
        }
    }

    /// <summary>A number or name of a port.</summary>
    public static void PortOrName(this FieldErrors errors, FieldPath path, Value? port)
    {
        if (port is TextValue name)
        {
            errors.Form(path, name.Text, Metadata.NameChecks.PortName);
        }
        else
        {
            errors.Port(path, (port as IntegerValue)?.Number ?? 0);
        }
    }

    /// <summary>A field that must be as it was.</summary>
    public static void Unchanged(this FieldErrors errors, FieldPath path, Value? value, Value? old, string message = Immutable)
    {
        if (!SameValue.Of(value, old))
        {
            errors.Invalid(path, value, message);
        }
    }

    /// <summary>An address of either family.</summary>
    public static void Address(this FieldErrors errors, FieldPath path, string text)
    {
        if (!IsAddress(text))
        {
            errors.Invalid(path, text, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
        }
    }

    /// <summary>A range of addresses.</summary>
    public static void Cidr(this FieldErrors errors, FieldPath path, string text)
    {
        if (!IsCidr(text))
        {
            errors.Invalid(path, text, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
        }
    }

    /// <summary>Whether a text is an address: four numbers and dots, or of version 6.</summary>
    public static bool IsAddress(string text) =>
        IPAddress.TryParse(text, out var address) && !text.Contains('%', StringComparison.Ordinal) && !text.StartsWith('[')
            && (address.AddressFamily == AddressFamily.InterNetworkV6 || text.Count(static letter => letter == '.') == 3);

    /// <summary>Whether a text is of version 6.</summary>
    public static bool IsVersion6(string text) => text.Contains(':', StringComparison.Ordinal);

    /// <summary>Whether a text is an address, a slash and a number of bits.</summary>
    public static bool IsCidr(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && IsAddress(text[..slash]) && int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var bits) && bits <= (IsVersion6(text) ? 128 : 32);
    }

    /// <summary>A whole number that is not negative, or a share.</summary>
    public static void NumberOrShare(this FieldErrors errors, FieldPath path, Value? value)
    {
        if (value is IntegerValue { Number: < 0 } number)
        {
            errors.Invalid(path, number, "must be greater than or equal to 0");
        }
        else if (value is TextValue text && ShareOf(text.Text) is null)
        {
            errors.Invalid(path, text.Text, "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')");
        }
        else if (value is TextValue share && ShareOf(share.Text) > 100)
        {
            errors.Invalid(path, share.Text, "must not be greater than 100%");
        }
    }

    /// <summary>The number before a percent sign; null if it is no share.</summary>
    public static long? ShareOf(string text) =>
        text.EndsWith('%') && long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var share) ? share : null;

    /// <summary>Whether a number or share is zero.</summary>
    public static bool IsZero(Value? value) => value is IntegerValue { Number: 0 } || (value is TextValue text && ShareOf(text.Text) == 0);
}
