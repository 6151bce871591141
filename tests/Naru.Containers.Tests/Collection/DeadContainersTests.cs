using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Naru.Containers.Collection;
using Naru.Containers.Tests.Logs;
using Naru.Containers.Tests.Volumes;
using Naru.Core.Containers;
using Naru.Core.Images;
using Naru.Core.Units;

namespace Naru.Containers.Tests.Collection;

public sealed class DeadContainersTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly RecordedEvents _events = new();

    [Theory]
    [InlineData(ContainerPhase.Exited, 5, true)]
    [InlineData(ContainerPhase.Dead, 5, true)]
    [InlineData(ContainerPhase.Exited, 1, false)]
    [InlineData(ContainerPhase.Running, 5, false)]
    [InlineData(ContainerPhase.Paused, 5, false)]
    [InlineData(ContainerPhase.Restarting, 5, false)]
    [InlineData(ContainerPhase.Created, null, false)]
    public async Task Reclaim_OnlyWhatEndedLongAgo(ContainerPhase phase, int? hoursAgo, bool removed)
    {
        var containers = new EndingContainers(() => Make(phase, hoursAgo));
        var freed = await Reclaimer(containers, new CollectionOptions()).ReclaimAsync(new ByteSize(1), TimeSpan.FromHours(2), CancellationToken.None);

        Assert.Equal(removed ? [new RemoveOptions()] : [], containers.Removed.Select(removal => removal.Options));
        Assert.Equal(removed ? 1000 : 0, freed.Bytes);
        Assert.Equal(removed ? ["prune"] : [], _events.Select(happened => happened.Action));
    }

    [Fact]
    public async Task Reclaim_TurnedOffOrNothingWished_RemovesNothing()
    {
        var containers = new EndingContainers(() => Make(ContainerPhase.Exited, 500));
        await Reclaimer(containers, new CollectionOptions { DeadContainers = false }).ReclaimAsync(new ByteSize(1), TimeSpan.Zero, CancellationToken.None);
        await Reclaimer(containers, new CollectionOptions()).ReclaimAsync(ByteSize.Zero, TimeSpan.Zero, CancellationToken.None);
        await Reclaimer(containers, new CollectionOptions { LeastAge = TimeSpan.FromDays(365) }).ReclaimAsync(new ByteSize(1), TimeSpan.Zero, CancellationToken.None);

        Assert.Empty(containers.Removed);
    }

    private static Container Make(ContainerPhase phase, int? hoursAgo) => new()
    {
        Id = ContainerId.New(),
        Name = "c1",
        Created = Now.AddDays(-1),
        ImageId = new Digest("sha256:" + new string('0', 64)),
        Spec = new ContainerSpec { Image = "x" },
        Status = new ContainerStatus { Phase = phase, FinishedAt = hoursAgo is { } hours ? Now.AddHours(-hours) : null },
        SnapshotKey = "x",
    };

    private DeadContainers Reclaimer(IContainers containers, CollectionOptions options) =>
        new(options, containers, new FixedUsage(), _events, new FakeTimeProvider(Now), NullLogger<DeadContainers>.Instance);

    private sealed class FixedUsage : IContainerUsage
    {
        public Task<UsageSample> SampleAsync(Container container, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<DiskUse> DiskAsync(Container container, CancellationToken cancellationToken) => Task.FromResult(new DiskUse(1000, 2000));
    }
}
