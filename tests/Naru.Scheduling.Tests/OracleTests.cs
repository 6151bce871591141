using FsCheck;
using FsCheck.Fluent;
using Naru.Objects.Values;
using static Naru.Scheduling.Tests.World;

namespace Naru.Scheduling.Tests;

/// <summary>Random clusters, judged by rules written anew from the trees and not from the scheduler's state.</summary>
public sealed class OracleTests
{
    [Fact]
    public void Placements_ObeyEveryRuleAndNeverOvercommit() => Run(seed =>
    {
        var (world, nodes, pods) = Make(seed);
        var placed = new List<(MapValue Pod, MapValue Node)>();
        foreach (var pod in pods)
        {
            if (world.Place(pod).Node is { } name)
            {
                var node = nodes.First(one => one.Text("metadata", "name") == name);
                Assert.True(Oracle.Allows(pod, node, nodes, placed), $"seed {seed}: {pod.Text("metadata", "name")} on {name}");
                placed.Add((pod, node));
            }
            else
            {
                Assert.DoesNotContain(nodes, node => Oracle.Allows(pod, node, nodes, placed));
            }
        }
    });

    [Fact]
    public void Explanations_NameEveryNodeOnce() => Run(seed =>
    {
        var (world, nodes, pods) = Make(seed);
        foreach (var pod in pods.SkipLast(1))
        {
            world.Place(pod);
        }

        var failure = world.Explain(pods[^1]);
        var fits = nodes.Count(node => world.Core.Placer.Judge(world.Facts(pods[^1]), world.Core.Cluster.FindNode(node.Text("metadata", "name")!)!) is null);

        Assert.Equal(nodes.Count, failure.Refusals.Sum(one => one.Value.Count) + fits);
        Assert.Equal(nodes.Count - fits, failure.Refusals.SelectMany(one => one.Value).Distinct().Count());
    });

    [Fact]
    public void VerdictsKeptUpToDate_EqualFreshOnes() => Run(seed =>
    {
        var (world, nodes, pods) = Make(seed);
        var fresh = new World();
        nodes.ForEach(fresh.Node);
        foreach (var pod in pods)
        {
            if (world.Place(pod).Node is { } name)
            {
                var there = pod.CloneMap();
                there.MakeMap("spec")["nodeName"] = name;
                fresh.Pod(there);
            }
        }

        foreach (var pod in pods)
        {
            var probe = pod.CloneMap();
            probe.MakeMap("metadata")["name"] = "probe";
            Assert.Equal(fresh.Explain(probe).Message, world.Explain(probe).Message);
        }
    });

    [Fact]
    public void Preemption_TakesOnlyLowerPriorities() => Run(seed =>
    {
        var (world, nodes, pods) = Make(seed, priorities: true);
        foreach (var pod in pods)
        {
            var before = Snapshot(world);
            var decision = world.Place(pod);
            Assert.All(decision.Victims, victim => Assert.True(victim.Priority < decision.Pod.Facts.Priority));
            if (decision.Node is null)
            {
                Assert.Equal(before, Snapshot(world));
            }
        }
    });

    private static string Snapshot(World world) => string.Join(';', world.Core.Cluster.Nodes.Select(node =>
        $"{node.Requested(0)},{node.Requested(1)},{string.Join(',', node.Pods.Select(pod => pod.Facts.Name).Order())}"));

    private static void Run(Action<int> check) => Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), check));

    private static (World World, List<MapValue> Nodes, List<MapValue> Pods) Make(int seed, bool priorities = false)
    {
        var random = new Random(seed);
        var world = new World();
        var nodes = Enumerable.Range(0, random.Next(1, 9)).Select(number => NodeTree(
            $"n{number}",
            cpu: $"{random.Next(1, 5)}",
            memory: $"{random.Next(1, 9)}Gi",
            pods: $"{random.Next(1, 8)}",
            labels: random.Next(4) == 0 ? "\"disk\":\"ssd\"" : $"\"zone\":\"z{random.Next(3)}\"",
            taints: random.Next(4) == 0 ? """[{"key":"k","value":"v","effect":"NoSchedule"}]""" : "[]",
            unschedulable: random.Next(8) == 0)).ToList();
        nodes.ForEach(world.Node);
        var pods = Enumerable.Range(0, 25).Select(number => PodTree(
            $"p{number}",
            cpu: $"{random.Next(1, 15) * 100}m",
            memory: $"{random.Next(1, 20) * 100}Mi",
            spec: Oracle.Specs[random.Next(Oracle.Specs.Length)],
            labels: $"\"app\":\"{"ab"[random.Next(2)]}\"",
            priority: priorities ? random.Next(4) : 0)).ToList();
        return (world, nodes, pods);
    }
}
