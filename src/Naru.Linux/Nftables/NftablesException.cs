namespace Naru.Linux.Nftables;

/// <summary>libnftables refused a command; nothing of its transaction was carried out.</summary>
/// <param name="commands">What was asked.</param>
/// <param name="explanation">libnftables' own words.</param>
public sealed class NftablesException(string commands, string explanation) : IOException($"nftables refused the rules: {explanation.Trim()}")
{
    public string Commands { get; } = commands;

    public string Explanation { get; } = explanation;
}
