using Naru.Scheduling.Facts;
using Naru.Testing.Objects;
using static Naru.Scheduling.Tests.World;

namespace Naru.Scheduling.Tests;

public sealed class FilterTests
{
    [Fact]
    public void Pod_WithRoom_GoesToTheEmptiestNode()
    {
        var world = new World().Nodes(2);
        world.Pod(PodTree("there", "2", "2Gi", node: "n0"));

        Assert.Equal("n1", world.Place(PodTree("p")).Node);
    }

    [Fact]
    public void Pod_WithoutRoom_IsToldWhatIsShort()
    {
        var world = new World().Nodes(2);
        world.Node(NodeTree("t", taints: """[{"key":"k","value":"v","effect":"NoSchedule"}]"""));

        var decision = world.Place(PodTree("p", "5", "9Gi"));

        Assert.Null(decision.Node);
        Assert.Equal("0/3 nodes are available: 1 node(s) had untolerated taint {k: v}, 2 Insufficient cpu, 2 Insufficient memory. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.", decision.Message);
    }

    [Fact]
    public void Pod_WithoutNodes_IsToldSo() => Assert.Equal("no nodes available to schedule pods", new World().Place(PodTree("p")).Message);

    [Theory]
    [InlineData("")]
    [InlineData("\"tolerations\":[{\"key\":\"k\",\"value\":\"other\",\"effect\":\"NoSchedule\"}]")]
    [InlineData("\"tolerations\":[{\"key\":\"k\",\"operator\":\"Exists\",\"effect\":\"NoExecute\"}]")]
    public void Taint_NotTolerated_Refuses(string spec)
    {
        var world = new World();
        world.Node(NodeTree("t", taints: """[{"key":"k","value":"v","effect":"NoSchedule"}]"""));

        Assert.Null(world.Place(PodTree("p", spec: spec)).Node);
    }

    [Theory]
    [InlineData("\"tolerations\":[{\"key\":\"k\",\"value\":\"v\"}]")]
    [InlineData("\"tolerations\":[{\"operator\":\"Exists\"}]")]
    public void Taint_Tolerated_Allows(string spec)
    {
        var world = new World();
        world.Node(NodeTree("t", taints: """[{"key":"k","value":"v","effect":"NoSchedule"}]"""));

        Assert.Equal("t", world.Place(PodTree("p", spec: spec)).Node);
    }

    [Theory]
    [InlineData("\"nodeSelector\":{\"disk\":\"ssd\"}")]
    [InlineData("\"affinity\":{\"nodeAffinity\":{\"requiredDuringSchedulingIgnoredDuringExecution\":{\"nodeSelectorTerms\":[{\"matchExpressions\":[{\"key\":\"cores\",\"operator\":\"Gt\",\"values\":[\"7\"]}]}]}}}")]
    [InlineData("\"affinity\":{\"nodeAffinity\":{\"requiredDuringSchedulingIgnoredDuringExecution\":{\"nodeSelectorTerms\":[{\"matchFields\":[{\"key\":\"metadata.name\",\"operator\":\"In\",\"values\":[\"right\"]}]}]}}}")]
    [InlineData("\"affinity\":{\"nodeAffinity\":{\"preferredDuringSchedulingIgnoredDuringExecution\":[{\"weight\":50,\"preference\":{\"matchExpressions\":[{\"key\":\"disk\",\"operator\":\"Exists\"}]}}]}}")]
    public void NodeAffinity_ChoosesTheNode(string spec)
    {
        var world = new World().Nodes(3);
        world.Node(NodeTree("right", labels: "\"disk\":\"ssd\",\"cores\":\"8\""));

        Assert.Equal("right", world.Place(PodTree("p", spec: spec)).Node);
    }

    [Fact]
    public void Cordon_Refuses()
    {
        var world = new World();
        world.Node(NodeTree("n", unschedulable: true));

        Assert.StartsWith("0/1 nodes are available: 1 node(s) were unschedulable.", world.Place(PodTree("p")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void HostPort_Taken_Refuses_UnlessAddressesDiffer()
    {
        var world = new World().Nodes(1);
        var pod = PodTree("a", node: "n0");
        pod["spec"] = TreeJson.Parse("""{"nodeName":"n0","containers":[{"name":"c","ports":[{"hostPort":80,"hostIP":"10.0.0.1"}]}]}""");
        world.Pod(pod);
        var same = PodTree("b");
        same["spec"] = TreeJson.Parse("""{"containers":[{"name":"c","ports":[{"hostPort":80}]}]}""");
        var other = PodTree("c");
        other["spec"] = TreeJson.Parse("""{"containers":[{"name":"c","ports":[{"hostPort":80,"hostIP":"10.0.0.2"}]}]}""");

        Assert.Contains("1 node(s) didn't have free ports for the requested pod ports", world.Place(same).Message, StringComparison.Ordinal);
        Assert.Equal("n0", world.Place(other).Node);
    }

    [Fact]
    public void Requests_CountSidecarsInitContainersAndOverhead()
    {
        var world = new World();
        var pod = PodTree("p");
        pod["spec"] = TreeJson.Parse("""
            {"overhead":{"cpu":"100m"},
             "initContainers":[{"name":"s","restartPolicy":"Always","resources":{"requests":{"cpu":"500m"}}},{"name":"i","resources":{"requests":{"cpu":"2"}}}],
             "containers":[{"name":"c","resources":{"requests":{"cpu":"1","example.com/gpu":"2","hugepages-2Mi":"4Mi"}}}]}
            """);

        var shape = world.Facts(pod).Class.Shape;

        Assert.Equal(2600, shape.RequestOf(Resources.Cpu));
        Assert.Equal(2, shape.RequestOf(world.Core.Cluster.Resources.Number("example.com/gpu")));
        Assert.Equal(4 << 20, shape.RequestOf(world.Core.Cluster.Resources.Number("hugepages-2Mi")));
    }

    [Fact]
    public void AntiAffinity_KeepsApart_AndIsMindedFromTheOtherSide()
    {
        const string Apart = "\"affinity\":{\"podAntiAffinity\":{\"requiredDuringSchedulingIgnoredDuringExecution\":[{\"topologyKey\":\"kubernetes.io/hostname\",\"labelSelector\":{\"matchLabels\":{\"app\":\"a\"}}}]}}";
        var world = new World().Nodes(2);

        var first = world.Place(PodTree("p1", spec: Apart, labels: "\"app\":\"a\""));
        var second = world.Place(PodTree("p2", spec: Apart, labels: "\"app\":\"a\""));
        var third = world.Place(PodTree("p3", spec: Apart, labels: "\"app\":\"a\""));
        var plain = world.Place(PodTree("p4", labels: "\"app\":\"a\""));

        Assert.NotEqual(first.Node, second.Node);
        Assert.Contains("2 node(s) didn't match pod anti-affinity rules", third.Message, StringComparison.Ordinal);
        Assert.Contains("2 node(s) didn't satisfy existing pods anti-affinity rules", plain.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Affinity_FirstGoesAnywhere_OthersFollow()
    {
        const string Together = "\"affinity\":{\"podAffinity\":{\"requiredDuringSchedulingIgnoredDuringExecution\":[{\"topologyKey\":\"zone\",\"labelSelector\":{\"matchLabels\":{\"app\":\"a\"}}}]}}";
        var world = new World();
        for (var node = 0; node < 6; node++)
        {
            world.Node(NodeTree($"n{node}", labels: $"\"zone\":\"z{node % 3}\""));
        }

        var zones = Enumerable.Range(0, 5).Select(pod => world.Place(PodTree($"p{pod}", spec: Together, labels: "\"app\":\"a\"")).Node!)
            .Select(node => int.Parse(node[1..]) % 3).Distinct();

        Assert.Single(zones);
        Assert.Contains("6 node(s) didn't match pod affinity rules", world.Place(PodTree("other", spec: Together.Replace("\"a\"", "\"x\"", StringComparison.Ordinal))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Spread_KeepsTheSkew()
    {
        const string Even = "\"topologySpreadConstraints\":[{\"maxSkew\":1,\"topologyKey\":\"zone\",\"whenUnsatisfiable\":\"DoNotSchedule\",\"labelSelector\":{\"matchLabels\":{\"app\":\"a\"}}}]";
        var world = new World();
        world.Node(NodeTree("a", labels: "\"zone\":\"z0\""));
        world.Node(NodeTree("b", cpu: "1", labels: "\"zone\":\"z1\""));
        world.Node(NodeTree("none"));

        var placed = Enumerable.Range(0, 3).Select(pod => world.Place(PodTree($"p{pod}", spec: Even, labels: "\"app\":\"a\"")).Node).ToList();
        var refused = world.Place(PodTree("p4", spec: Even, labels: "\"app\":\"a\""));

        Assert.Equal(["a", "a", "b"], placed.Order());
        Assert.StartsWith(
            "0/3 nodes are available: 1 Insufficient cpu, 1 node(s) didn't match pod topology spread constraints, 1 node(s) didn't match pod topology spread constraints (missing required label).",
            refused.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Claim_BoundElsewhere_RefusesOtherNodes()
    {
        var world = new World().Nodes(2);
        world.Apply(Running.Kinds.Volumes, TreeJson.Parse("""{"metadata":{"name":"pv"},"spec":{"nodeAffinity":{"required":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"kubernetes.io/hostname","operator":"In","values":["n1"]}]}]}}}}"""));
        world.Apply(Running.Kinds.Claims, TreeJson.Parse("""{"metadata":{"name":"c","namespace":"default","annotations":{"pv.kubernetes.io/bind-completed":"yes"}},"spec":{"volumeName":"pv"}}"""));
        const string Uses = "\"volumes\":[{\"name\":\"v\",\"persistentVolumeClaim\":{\"claimName\":\"c\"}}]";

        Assert.Equal("n1", world.Place(PodTree("p", spec: Uses)).Node);
        Assert.Contains("persistentvolumeclaim \"d\" not found", world.Place(PodTree("q", spec: Uses.Replace("\"c\"", "\"d\"", StringComparison.Ordinal))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("new", "n0")]
    [InlineData("", "n0")]
    [InlineData("old", null)]
    public void Claim_VolumeOfTheSameName_IsTakenOnlyOfTheSameIdentity(string uid, string? node)
    {
        var world = new World().Nodes(1);
        world.Apply(Running.Kinds.Classes, TreeJson.Parse("""{"metadata":{"name":"local"},"provisioner":"kubernetes.io/no-provisioner","volumeBindingMode":"WaitForFirstConsumer"}"""));
        world.Apply(Running.Kinds.Volumes, TreeJson.Parse("""{"metadata":{"name":"pv"},"spec":{"storageClassName":"local","capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"],"claimRef":{"namespace":"default","name":"c","uid":"UID"}}}""".Replace("UID", uid, StringComparison.Ordinal)));
        world.Apply(Running.Kinds.Claims, TreeJson.Parse("""{"metadata":{"name":"c","namespace":"default","uid":"new"},"spec":{"storageClassName":"local","accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}"""));

        Assert.Equal(node, world.Place(PodTree("p", spec: "\"volumes\":[{\"name\":\"v\",\"persistentVolumeClaim\":{\"claimName\":\"c\"}}]")).Node);
    }

    [Fact]
    public void Pod_WithNullFields_IsReadAll()
    {
        var world = new World().Nodes(1);
        var pod = TreeJson.Parse("""
            {"spec":{"volumes":null,"initContainers":null,"affinity":null,"containers":[{"name":"c","ports":null,"resources":{"requests":{"cpu":"3"}}}],"tolerations":null,"nodeName":"n0"},
             "status":null,"metadata":{"ownerReferences":null,"labels":null,"name":"p","namespace":"d"}}
            """);

        var facts = world.Facts(pod);

        Assert.Equal(("d", "p", "n0", 3000), (facts.Namespace, facts.Name, facts.Node, facts.Class.Shape.RequestOf(Resources.Cpu)));
    }

    [Fact]
    public void Gates_HoldThePodBack()
    {
        var world = new World().Nodes(1);
        world.Pod(PodTree("p", spec: "\"schedulingGates\":[{\"name\":\"g\"}]"));
        Assert.Null(world.Core.Next());

        world.Pod(PodTree("p"));

        Assert.Equal("n0", world.Core.Next()!.Node);
    }
}
