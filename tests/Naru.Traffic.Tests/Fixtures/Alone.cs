namespace Naru.Traffic.Tests.Fixtures;

/// <summary>Tests that count what the whole process holds: no others run beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
