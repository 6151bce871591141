using Naru.Agent.Admission;
using Naru.Agent.Nodes;
using Naru.Agent.Sandboxes;
using Naru.Core.Hosts;
using Naru.Core.Images;
using Naru.Objects.Values;

namespace Naru.Agent.Tests.Nodes;

public sealed class NodeTests
{
    [Theory]
    [InlineData("10.244.0.0/16,fd00::/56", "192.0.2.1 2001:db8::1")]
    [InlineData("fd00::/56,10.244.0.0/16", "2001:db8::1 192.0.2.1")]
    public void Addresses_ComeInTheOrderOfTheClustersFamilies(string ranges, string wanted) =>
        Assert.Equal(wanted, string.Join(' ', NodeIdentity.InOrder(["192.0.2.1", "2001:db8::1"], ranges.Split(','))));

    [Fact]
    public void Node_New_SaysWhatTheHostIs()
    {
        var node = NodeBody.New(Sight());

        Assert.Equal("h1", node.Text("metadata", "labels", "kubernetes.io/hostname"));
        Assert.Equal("amd64", node.Text("metadata", "labels", "kubernetes.io/arch"));
        Assert.Equal("10.244.0.0/24", node.Text("spec", "podCIDR"));
        Assert.Equal(("2", "1048576Ki", "110"), (node.Text("status", "capacity", "cpu"), node.Text("status", "capacity", "memory"), node.Text("status", "capacity", "pods")));
        Assert.Equal("True", node.Maps("status", "conditions").Single(static one => one.Text("type") == "Ready").Text("status"));
    }

    [Fact]
    public void Node_Runtimes_SayWhatTheyCan()
    {
        var sight = Sight();
        var node = NodeBody.New(sight with { Host = sight.Host with { UserNamespaceProblem = "too old" } });

        Assert.True(node.Boolean("status", "features", "supplementalGroupsPolicy"));
        Assert.Equal("", node.Maps("status", "runtimeHandlers").First().Text("name"));
        Assert.All(node.Maps("status", "runtimeHandlers"), static one => Assert.False(one.Boolean("features", "userNamespaces")));
    }

    [Fact]
    public void Node_SameHostLater_ChangesNothingButHeartbeats()
    {
        var node = NodeBody.New(Sight());

        Assert.False(NodeBody.SetStatus(node, Sight() with { Now = DateTimeOffset.UnixEpoch.AddHours(1) }));
        Assert.Equal("1970-01-01T01:00:00Z", node.Maps("status", "conditions").First().Text("lastHeartbeatTime"));
        Assert.Equal("1970-01-01T00:00:00Z", node.Maps("status", "conditions").First().Text("lastTransitionTime"));
    }

    [Fact]
    public void Node_DiskNearlyFull_IsUnderPressure()
    {
        var node = NodeBody.New(Sight() with { Pressures = new NodePressures { Disk = true } });

        Assert.Equal("True", node.Maps("status", "conditions").Single(static one => one.Text("type") == "DiskPressure").Text("status"));
    }

    [Theory]
    [InlineData("Host_One", "host-one")]
    [InlineData("-a.B-", "a.b")]
    [InlineData("___", "node")]
    public void Name_FromHostName_IsValid(string host, string node) => Assert.Equal(node, NodeIdentity.NameFrom(host));

    [Fact]
    public void Ranges_OfIPv6_FollowOneAnother() => Assert.Equal(["fd00:10:0:ff::/64", "fd00:10:0:100::/64"], PodNetwork.Candidates("fd00:10::/48", 64).Skip(255).Take(2));

    [Fact]
    public void Ranges_OfNodes_FollowOneAnother() => Assert.Equal(["10.244.0.0/24", "10.244.1.0/24", "10.244.2.0/24"], PodNetwork.Candidates("10.244.0.0/16", 24).Take(3));

    [Fact]
    public void Status_ResourceOfOthers_StaysAndIsForPods()
    {
        var node = NodeBody.New(Sight());
        node.Map("status", "capacity")!["example.com/licence"] = "3";

        Assert.True(NodeBody.SetStatus(node, Sight()));
        Assert.Equal("3", node.Text("status", "allocatable", "example.com/licence"));
        node.Map("status", "capacity")!.Remove("example.com/licence");
        Assert.True(NodeBody.SetStatus(node, Sight()));
        Assert.Null(node.Text("status", "allocatable", "example.com/licence"));
    }

    private static NodeSight Sight() => new()
    {
        Name = "h1",
        Addresses = ["192.0.2.1"],
        BootId = "b",
        MachineId = "m",
        PodRanges = ["10.244.0.0/24"],
        Disk = (100L << 30, 50L << 30),
        Now = DateTimeOffset.UnixEpoch,
        Host = new HostFacts
        {
            InstanceId = "i",
            Name = "h1",
            Version = "1",
            Platform = new Platform { Os = "linux", Architecture = "amd64" },
            KernelVersion = "6",
            OperatingSystem = "Debian",
            Machine = "x86_64",
            Processors = 2,
            Memory = 1L << 30,
            DataDirectory = "/d",
            RunDirectory = "/r",
            CgroupVersion = 1,
        },
    };
}
