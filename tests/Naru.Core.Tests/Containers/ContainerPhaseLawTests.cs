using FsCheck;
using FsCheck.Fluent;
using Naru.Core.Containers;

namespace Naru.Core.Tests.Containers;

public sealed class ContainerPhaseLawTests
{
    private static readonly ContainerPhase[] All = Enum.GetValues<ContainerPhase>();

    [Fact]
    public void Allows_NoPhase_IsLeftForItself() => Assert.All(All, phase => Assert.False(ContainerPhaseLaw.Allows(phase, phase)));

    [Fact]
    public void Allows_NothingReturnsToCreated() => Assert.All(All, phase => Assert.False(ContainerPhaseLaw.Allows(phase, ContainerPhase.Created)));

    [Fact]
    public void Allows_EveryPhase_CanStillEndInRemoval() => Assert.All(All, phase => Assert.True(Reaches(phase, ContainerPhase.Removing)));

    [Fact]
    public void Allows_OnceRemoving_NeverRunsAgain() =>
        Prop.ForAll<int[]>(steps => Walk(ContainerPhase.Removing, steps) is ContainerPhase.Removing or ContainerPhase.Dead).QuickCheckThrowOnFailure();

    private static ContainerPhase Walk(ContainerPhase from, int[] steps) => steps.Aggregate(from, (at, step) =>
        All[(int)((uint)step % All.Length)] is var next && ContainerPhaseLaw.Allows(at, next) ? next : at);

    private static bool Reaches(ContainerPhase from, ContainerPhase goal)
    {
        var seen = new HashSet<ContainerPhase> { from };
        var open = new Queue<ContainerPhase>(seen);
        while (open.TryDequeue(out var at))
        {
            foreach (var next in All.Where(next => ContainerPhaseLaw.Allows(at, next) && seen.Add(next)))
            {
                open.Enqueue(next);
            }
        }

        return seen.Contains(goal);
    }
}
