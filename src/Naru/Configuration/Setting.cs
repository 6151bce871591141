namespace Naru.Configuration;

/// <summary>One option: the same name is its flag (<c>--data-dir</c>), its key in the file (<c>data-dir</c>)
/// and, in capitals, its environment variable (<c>NARU_DATA_DIR</c>).</summary>
internal sealed record Setting
{
    /// <summary>Name in lower case with hyphens.</summary>
    public required string Name { get; init; }

    /// <summary>What stands for the value in help text; null for a switch.</summary>
    public required string? ValueName { get; init; }

    /// <summary>One line for help text and documentation.</summary>
    public required string Description { get; init; }

    /// <summary>Whether several values are allowed: a repeated flag, a YAML list, <see cref="ListSeparator"/> in the environment.</summary>
    public bool IsList { get; init; }

    /// <summary>What parts the values of a list in the environment.</summary>
    public char ListSeparator { get; init; } = ',';

    /// <summary>Values for completion; empty when anything goes.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Gives the options with this one set; throws <see cref="FormatException"/> with the broken rule.</summary>
    public required Func<NaruOptions, IReadOnlyList<string>, NaruOptions> Apply { get; init; }

    /// <summary>The value as text; empty when unset.</summary>
    public required Func<NaruOptions, IReadOnlyList<string>> Show { get; init; }

    /// <summary>The environment variable.</summary>
    public string EnvironmentName => "NARU_" + Name.Replace('-', '_').ToUpperInvariant();
}
