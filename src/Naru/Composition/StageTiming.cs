namespace Naru.Composition;

/// <summary>How long a stage took to start.</summary>
internal sealed record StageTiming(string Name, TimeSpan Took);
