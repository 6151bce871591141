using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Time.Testing;
using Naru.Agent.Containers;
using Naru.Agent.Pods;
using Naru.Agent.Sandboxes;
using Naru.Agent.Tests.Running;
using Naru.Core.Containers;
using Naru.Core.Hosts;
using Naru.Core.Images;

namespace Naru.Agent.Tests.Pods;

public sealed class UserRangesTests
{
    private readonly FakeEngine _engine = new(new FakeTimeProvider());

    [Fact]
    public void Choose_WhateverIsTaken_SharesNothingWithIt() => Check.One(Config.QuickThrowOnFailure, Prop.ForAll(
        Gen.Choose(0, UserRanges.Count - 1).Two().ToArbitrary(),
        Gen.Choose(0, UserRanges.Count * 2).ArrayOf().ToArbitrary(),
        static (begin, taken) =>
        {
            // Ranges at odd places and of odd sizes too, as another release may have given them.
            var others = taken.Select(one => UserRanges.At(one / 2) with { Count = (uint)(one % 2 == 0 ? 1 : UserRanges.Size + 1) }).Append(UserRanges.At(begin.Item2)).ToList();
            var chosen = UserRanges.At(UserRanges.Choose(begin.Item1, others));
            return !others.Exists(chosen.Overlaps) && chosen.First >= 65536 && chosen.Count == 65536 && chosen.First + chosen.Count - 1 <= int.MaxValue;
        }));

    [Fact]
    public void Choose_AllTaken_IsRefused() => Assert.Equal(
        "FailedCreatePodSandBox",
        Assert.Throws<ConfigFailure>(static () => UserRanges.Choose(7, [.. Enumerable.Range(0, UserRanges.Count).Select(UserRanges.At)])).Reason);

    [Fact]
    public void Of_PodsInTheMaking_DifferAndAreRemembered()
    {
        var ranges = Make();

        var (one, two) = (ranges.Of("one"), ranges.Of("two"));

        Assert.False(one.Overlaps(two));
        Assert.Equal(one, ranges.Of("one"));
    }

    [Fact]
    public async Task Of_PodWithContainersHere_IsTheirsAlsoInAnotherRun()
    {
        var given = Make().Of("one");
        await AddAsync("one", given);

        var ranges = Make();

        Assert.False(ranges.Of("two").Overlaps(given));
        Assert.Equal(given, ranges.Of("one"));
        ranges.GiveBack("one");
        Assert.False(ranges.Of("three").Overlaps(given));
    }

    [Fact]
    public void GiveBack_PodThatIsGone_FreesItsRange()
    {
        var ranges = Make();
        var taken = Enumerable.Range(0, UserRanges.Count).Select(number => ranges.Of($"pod{number}")).ToList();
        Assert.Throws<ConfigFailure>(() => ranges.Of("late"));

        ranges.GiveBack("pod5");

        Assert.Equal(taken[5], ranges.Of("late"));
    }

    [Fact]
    public void Of_HostThatCannot_IsRefusedWithTheReason() => Assert.Equal(
        "can't set spec.hostUsers: false, runtime does not support user namespaces: it is too old",
        Assert.Throws<ConfigFailure>(() => Make("it is too old").Of("one")).Message);

    private UserRanges Make(string problem = "") => new(_engine.Containers, Fake.Of<IHost>((_, _) => new HostFacts
    {
        InstanceId = "fff00000-1", Name = "n1", Version = "1", Platform = new Platform { Os = "linux", Architecture = "amd64" }, KernelVersion = "6", OperatingSystem = "Debian", Machine = "x86_64",
        Processors = 2, Memory = 1L << 30, DataDirectory = "/d", RunDirectory = "/r", CgroupVersion = 1, UserNamespaceProblem = problem,
    }));

    private Task AddAsync(string uid, UserMapping users) => _engine.Containers.CreateAsync(
        new ContainerSpec { Image = "a", Labels = new ContainerSpec { Image = "a" }.Labels.Add(PodNames.PodUid, uid), Isolation = new IsolationSpec { Users = users } }, uid, CancellationToken.None);
}
