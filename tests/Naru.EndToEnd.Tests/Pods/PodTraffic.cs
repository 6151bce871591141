namespace Naru.EndToEnd.Tests.Pods;

/// <summary>Tests of what pods say to each other share one machine.</summary>
[CollectionDefinition(nameof(PodTraffic))]
public sealed class PodTraffic : ICollectionFixture<PodCluster>;
