using System.Buffers;
using System.Collections.Immutable;

namespace Naru.Objects.Names;

/// <summary>What names may look like. Each rule returns the broken rules in Kubernetes' words; nothing for a good name.</summary>
public static class NameRules
{
    private const string LabelPattern = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    private const string QualifiedPattern = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";

    private const string LabelWords = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
    private const string SubdomainWords = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
    private const string Dns1035Words = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
    private const string WildcardWords = "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character";
    private const string QualifiedWords = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
    private const string LabelValueWords = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

    private static readonly SearchValues<char> LabelInner = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");
    private static readonly SearchValues<char> QualifiedInner = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    /// <summary>A DNS label of lower case: names of namespaces, ports of pods, containers.</summary>
    public static ImmutableArray<string> DnsLabel(string name)
    {
        ImmutableArray<string> broken = name.Length > 63 ? [TooLong(63)] : [];
        return IsLabel(name) ? broken : broken.Add(Words(LabelWords, LabelPattern, "my-name", "123-abc"));
    }

    /// <summary>DNS labels with dots between them: names of most objects.</summary>
    public static ImmutableArray<string> DnsSubdomain(string name)
    {
        ImmutableArray<string> broken = name.Length > 253 ? [TooLong(253)] : [];
        return IsSubdomain(name) ? broken : broken.Add(Words(SubdomainWords, $"{LabelPattern}(\\.{LabelPattern})*", "example.com"));
    }

    /// <summary>A DNS label that starts with a letter.</summary>
    public static ImmutableArray<string> Dns1035Label(string name)
    {
        ImmutableArray<string> broken = name.Length > 63 ? [TooLong(63)] : [];
        return IsLabel(name) && !char.IsAsciiDigit(name[0]) ? broken : broken.Add(Words(Dns1035Words, "[a-z]([-a-z0-9]*[a-z0-9])?", "my-name", "abc-123"));
    }

    /// <summary><c>*.</c> and a subdomain: hosts of ingresses.</summary>
    public static ImmutableArray<string> WildcardSubdomain(string name)
    {
        ImmutableArray<string> broken = name.Length > 253 ? [TooLong(253)] : [];
        var good = name.StartsWith("*.", StringComparison.Ordinal) && IsSubdomain(name.AsSpan(2));
        return good ? broken : broken.Add(Words(WildcardWords, $"\\*\\.{LabelPattern}(\\.{LabelPattern})*", "*.example.com"));
    }

    /// <summary>A subdomain of at least two labels: group names and the like.</summary>
    public static ImmutableArray<string> FullyQualifiedDomain(string name)
    {
        if (name.Length == 0)
        {
            return ["Required value"];
        }

        var broken = DnsSubdomain(name);
        return broken.IsEmpty && !name.Contains('.', StringComparison.Ordinal) ? ["should be a domain with at least two segments separated by dots"] : broken;
    }

    /// <summary>A name with an optional domain before a slash: keys of labels, annotations, taints, conditions, resources.</summary>
    public static ImmutableArray<string> QualifiedName(string name)
    {
        if (name.Length <= 63 && IsQualifiedPart(name))
        {
            return [];
        }

        var broken = ImmutableArray.CreateBuilder<string>();
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0 && name.IndexOf('/', slash + 1) >= 0)
        {
            return [$"a qualified name {Words(QualifiedWords, QualifiedPattern, "MyName", "my.name", "123-abc")} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"];
        }

        if (slash == 0)
        {
            broken.Add("prefix part must be non-empty");
        }
        else if (slash > 0)
        {
            broken.AddRange(DnsSubdomain(name[..slash]).Select(static rule => $"prefix part {rule}"));
        }

        var part = name[(slash + 1)..];
        if (part.Length == 0)
        {
            broken.Add("name part must be non-empty");
        }
        else if (part.Length > 63)
        {
            broken.Add($"name part {TooLong(63)}");
        }

        if (!IsQualifiedPart(part))
        {
            broken.Add($"name part {Words(QualifiedWords, QualifiedPattern, "MyName", "my.name", "123-abc")}");
        }

        return broken.ToImmutable();
    }

    /// <summary>A label's value.</summary>
    public static ImmutableArray<string> LabelValue(string value)
    {
        ImmutableArray<string> broken = value.Length > 63 ? [TooLong(63)] : [];
        return value.Length == 0 || IsQualifiedPart(value) ? broken : broken.Add(Words(LabelValueWords, $"({QualifiedPattern})?", "MyValue", "my_value", "12345"));
    }

    /// <summary>What may stand between two slashes of a path: names of RBAC objects and every name at least.</summary>
    public static ImmutableArray<string> PathSegment(string name)
    {
        if (name is "." or "..")
        {
            return [$"may not be '{name}'"];
        }

        var broken = ImmutableArray<string>.Empty;
        broken = name.Contains('/', StringComparison.Ordinal) ? broken.Add("may not contain '/'") : broken;
        return name.Contains('%', StringComparison.Ordinal) ? broken.Add("may not contain '%'") : broken;
    }

    /// <summary>A key of a ConfigMap or Secret.</summary>
    public static ImmutableArray<string> ConfigMapKey(string key)
    {
        ImmutableArray<string> broken = key.Length > 253 ? [TooLong(253)] : [];
        if (key.Length == 0 || key.AsSpan().ContainsAnyExcept(QualifiedInner))
        {
            return broken.Add(Words("a valid config key must consist of alphanumeric characters, '-', '_' or '.'", "[-._a-zA-Z0-9]+", "key.name", "KEY_NAME", "key-name"));
        }

        return key is "." or ".." ? broken.Add($"must not be '{key}'") : key.StartsWith("..", StringComparison.Ordinal) ? broken.Add("must not start with '..'") : broken;
    }

    /// <summary>The name of an environment variable.</summary>
    public static ImmutableArray<string> EnvironmentVariable(string name)
    {
        if (name.Length == 0)
        {
            return ["environment variable name must be non-empty"];
        }

        return name.AsSpan().ContainsAnyExceptInRange(' ', '~') || name.Contains('=', StringComparison.Ordinal)
            ? ["a valid environment variable name must consist only of printable ASCII characters other than '='"]
            : [];
    }

    /// <summary>The name of a port (IANA service name).</summary>
    public static ImmutableArray<string> PortName(string name)
    {
        var broken = ImmutableArray.CreateBuilder<string>();
        if (name.Length > 15)
        {
            broken.Add("must be no more than 15 characters long");
        }

        if (name.AsSpan().ContainsAnyExcept(LabelInner))
        {
            broken.Add("must contain only alphanumeric characters (a-z, 0-9), and hyphens (-)");
        }

        if (!name.AsSpan().ContainsAnyInRange('a', 'z'))
        {
            broken.Add("must contain at least one letter (a-z)");
        }

        if (name.Contains("--", StringComparison.Ordinal))
        {
            broken.Add("must not contain consecutive hyphens");
        }

        if (name.StartsWith('-') || name.EndsWith('-'))
        {
            broken.Add("must not begin or end with a hyphen");
        }

        return broken.ToImmutable();
    }

    /// <summary>The number of a port.</summary>
    public static ImmutableArray<string> PortNumber(long port) => port is >= 1 and <= 65535 ? [] : ["must be between 1 and 65535, inclusive"];

    private static bool IsLabel(ReadOnlySpan<char> name) =>
        name.Length > 0 && name[0] != '-' && name[^1] != '-' && !name.ContainsAnyExcept(LabelInner);

    private static bool IsSubdomain(ReadOnlySpan<char> name)
    {
        foreach (var range in name.Split('.'))
        {
            if (!IsLabel(name[range]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsQualifiedPart(ReadOnlySpan<char> name) =>
        name.Length > 0 && char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1]) && !name.ContainsAnyExcept(QualifiedInner);

    private static string TooLong(int most) => $"must be no more than {most} bytes";

    private static string Words(string rule, string pattern, params ReadOnlySpan<string> examples)
    {
        var shown = "";
        foreach (var example in examples)
        {
            shown += shown.Length == 0 ? $"'{example}', " : $" or '{example}', ";
        }

        return $"{rule} (e.g. {shown}regex used for validation is '{pattern}')";
    }
}
