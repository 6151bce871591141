namespace Naru.Kinds.Metadata;

/// <summary>Forms of names: each check says null for a good name, else what is wrong with it. Nothing is made for good ones.</summary>
internal static class NameChecks
{
    private const string LabelText = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character "
        + "(e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

    private const string SubdomainText = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character "
        + @"(e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    private const string OldLabelText = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character "
        + "(e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

    private const string QualifiedText = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
        + "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

    private const string LabelValueText = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
        + "(e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    /// <summary>A label of a domain name, lower case, at most 63 long.</summary>
    public static string? Label(string name) => name.Length > 63 ? TooLong(63) : IsLabel(name) ? null : LabelText;

    /// <summary>A label that starts with a letter.</summary>
    public static string? OldLabel(string name) => name.Length > 63 ? TooLong(63) : IsLabel(name) && char.IsAsciiLetterLower(name[0]) ? null : OldLabelText;

    /// <summary>A domain name, lower case, at most 253 long.</summary>
    public static string? Subdomain(string name) => name.Length > 253 ? TooLong(253) : IsSubdomain(name) ? null : SubdomainText;

    /// <summary>A domain name that may start with <c>*.</c>.</summary>
    public static string? WildcardSubdomain(string name) =>
        name.Length > 253 ? TooLong(253) : name.StartsWith("*.", StringComparison.Ordinal) && IsSubdomain(name.AsSpan(2)) ? null
            : "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an "
                + @"alphanumeric character (e.g. '*.example.com', regex used for validation is '\*\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    /// <summary>Something that can stand between two slashes of an address.</summary>
    public static string? PathSegment(string name) =>
        name is "." or ".." ? $"may not be '{name}'"
            : name.Contains('/', StringComparison.Ordinal) ? "may not contain '/'"
            : name.Contains('%', StringComparison.Ordinal) ? "may not contain '%'"
            : null;

    /// <summary>A name, with the domain of whoever defined it before a slash or without one: keys of labels, taints, resources.</summary>
    public static string? Qualified(string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (slash != name.LastIndexOf('/'))
        {
            return $"a qualified name {QualifiedText} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
        }

        if (slash >= 0)
        {
            var prefix = name[..slash];
            if (prefix.Length == 0)
            {
                return "prefix part must be non-empty";
            }

            if (Subdomain(prefix) is { } wrong)
            {
                return "prefix part " + wrong;
            }
        }

        var part = name.AsSpan(slash + 1);
        return part.Length == 0 ? $"name part must be non-empty; name part {QualifiedText}"
            : part.Length > 63 ? "name part " + TooLong(63)
            : IsWord(part) ? null
            : "name part " + QualifiedText;
    }

    /// <summary>A qualified name that must have its domain.</summary>
    public static string? DomainPrefixed(string name) => name.Length == 0 ? "must be specified"
        : name.Split('/') is not [var domain, { Length: > 0 }] ? "must be a domain-prefixed path (such as \"acme.io/foo\")" : Subdomain(domain);

    /// <summary>A value of a label.</summary>
    public static string? LabelValue(string value) => value.Length > 63 ? TooLong(63) : value.Length == 0 || IsWord(value) ? null : LabelValueText;

    /// <summary>A name of an environment variable: anything printable but <c>=</c>.</summary>
    public static string? EnvironmentName(string name)
    {
        foreach (var letter in name)
        {
            if (letter is < ' ' or > '~' or '=')
            {
                return "a valid environment variable name must consist only of printable ASCII characters other than '=' (regex used for validation is '^[ -<>-~]+$')";
            }
        }

        return name.Length == 0 ? "environment variable name must not be empty" : null;
    }

    /// <summary>A key of a config map or secret.</summary>
    public static string? ConfigKey(string key)
    {
        if (key.Length > 253)
        {
            return TooLong(253);
        }

        foreach (var letter in key)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_' or '.'))
            {
                return InvalidConfigKey;
            }
        }

        return key.Length == 0 ? InvalidConfigKey : key == "." ? "must not be '.'" : key == ".." ? "must not be '..'" : key.StartsWith("..", StringComparison.Ordinal) ? "must not start with '..'" : null;
    }

    /// <summary>A name of a port.</summary>
    public static string? PortName(string name)
    {
        if (name.Length > 15)
        {
            return "must be no more than 15 characters";
        }

        var letters = false;
        for (var index = 0; index < name.Length; index++)
        {
            var letter = name[index];
            letters |= char.IsAsciiLetterLower(letter);
            if (!char.IsAsciiLetterLower(letter) && !char.IsAsciiDigit(letter) && letter != '-')
            {
                return "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)";
            }

            if (letter == '-' && index > 0 && name[index - 1] == '-')
            {
                return "must not contain consecutive hyphens";
            }
        }

        return !letters ? "must contain at least one letter (a-z)" : name[0] == '-' || name[^1] == '-' ? "must not begin or end with a hyphen" : null;
    }

    /// <summary>A header of a request.</summary>
    public static string? HeaderName(string name) => name.Length > 0 && name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter == '-')
        ? null
        : "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')";

    /// <summary>What is said of a text that is too long.</summary>
    public static string TooLong(int most) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"must be no more than {most} bytes");

    private const string InvalidConfigKey = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

    private static bool IsSubdomain(ReadOnlySpan<char> name)
    {
        while (true)
        {
            var dot = name.IndexOf('.');
            if (!IsLabel(dot < 0 ? name : name[..dot]))
            {
                return false;
            }

            if (dot < 0)
            {
                return true;
            }

            name = name[(dot + 1)..];
        }
    }

    private static bool IsLabel(ReadOnlySpan<char> name)
    {
        if (name.Length == 0 || name[0] == '-' || name[^1] == '-')
        {
            return false;
        }

        foreach (var letter in name)
        {
            if (!char.IsAsciiLetterLower(letter) && !char.IsAsciiDigit(letter) && letter != '-')
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsWord(ReadOnlySpan<char> name)
    {
        if (!char.IsAsciiLetterOrDigit(name[0]) || !char.IsAsciiLetterOrDigit(name[^1]))
        {
            return false;
        }

        foreach (var letter in name)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_' or '.'))
            {
                return false;
            }
        }

        return true;
    }
}
