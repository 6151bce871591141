namespace Naru.EndToEnd.Tests.Pods;

/// <summary>Tests that share one <c>naru up</c>, one after the other.</summary>
[CollectionDefinition(nameof(PodGroup))]
public sealed class PodGroup : ICollectionFixture<PodCluster>;
