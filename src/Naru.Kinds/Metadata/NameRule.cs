namespace Naru.Kinds.Metadata;

/// <summary>What names of a kind's objects may look like.</summary>
internal sealed class NameRule(Func<string, string?> check)
{
    /// <summary>A domain name: most kinds.</summary>
    public static NameRule Subdomain { get; } = new(NameChecks.Subdomain);

    /// <summary>A label: namespaces.</summary>
    public static NameRule Label { get; } = new(NameChecks.Label);

    /// <summary>A label that starts with a letter: services.</summary>
    public static NameRule OldLabel { get; } = new(NameChecks.OldLabel);

    /// <summary>Anything that fits into an address: roles and bindings.</summary>
    public static NameRule PathSegment { get; } = new(NameChecks.PathSegment);

    /// <summary>What is wrong with a name; null if nothing.</summary>
    public string? Wrong(string name) => check(name);

    /// <summary>What is wrong with the start of a name to which letters will be added.</summary>
    public string? WrongStart(string start) => check(start.EndsWith('-') ? start[..^1] + 'a' : start);
}
