namespace Naru.Linux.Doctor;

/// <summary>What a check saw.</summary>
/// <param name="Outcome">How bad it is.</param>
/// <param name="Text">What is there, in one line.</param>
/// <param name="Remedy">What a person can do; null when nothing needs doing.</param>
public sealed record HostFinding(HostOutcome Outcome, string Text, string? Remedy = null)
{
    public static HostFinding Good(string text) => new(HostOutcome.Good, text);

    public static HostFinding Notice(string text, string? remedy = null) => new(HostOutcome.Notice, text, remedy);

    public static HostFinding Bad(string text, string remedy) => new(HostOutcome.Bad, text, remedy);
}
