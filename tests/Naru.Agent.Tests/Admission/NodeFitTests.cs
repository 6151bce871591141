using System.Text;
using Naru.Agent.Admission;
using Naru.Agent.Tests.Pods;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Agent.Tests.Admission;

public sealed class NodeFitTests
{
    private static readonly MapValue Node = Parse("""
        {"metadata":{"name":"n1","labels":{"zone":"a","size":"5"}},"spec":{"taints":[{"key":"k","value":"v","effect":"NoExecute"}]},
         "status":{"allocatable":{"cpu":"2","memory":"1Gi","pods":"2"}}}
        """);

    private const string Tolerant = "\"tolerations\":[{\"key\":\"k\",\"operator\":\"Equal\",\"value\":\"v\",\"effect\":\"NoExecute\"}]";

    [Theory]
    [InlineData("""{"cpu":"1500m"}""", null)]
    [InlineData("""{"cpu":"1501m"}""", "OutOfcpu: Node didn't have enough resource: cpu, requested: 1501, used: 500, capacity: 2000")]
    [InlineData("""{"memory":"2Gi"}""", "OutOfmemory: Node didn't have enough resource: memory, requested: 2147483648, used: 0, capacity: 1073741824")]
    [InlineData("""{"example.com/gpu":"1"}""", "OutOfexample.com/gpu: Node didn't have enough resource: example.com/gpu, requested: 1, used: 0, capacity: 0")]
    [InlineData("""{"ephemeral-storage":"1Ti"}""", null)]
    public void Requests_BesideThoseOfOthers_FitOrAreNamed(string requests, string? refusal)
    {
        var other = PodFixture.Pod("""{"containers":[{"name":"o","resources":{"requests":{"cpu":"500m"}}}]}""").Tree;

        var found = NodeFit.Check(PodFixture.Pod($$"""{ {{Tolerant}},"containers":[{"name":"c","resources":{"requests":{{requests}} } }]}"""), Node, [other]);

        Assert.Equal(refusal, found is null ? null : $"{found.Reason}: {found.Message}");
    }

    [Theory]
    [InlineData("""{"os":{"name":"windows"},"containers":[]}""", "PodOSNotSupported")]
    [InlineData("""{"nodeSelector":{"kubernetes.io/os":"windows"},"containers":[]}""", "PodOSSelectorNodeLabelDoesNotMatch")]
    public void System_OfAnotherSort_IsRefusedFirst(string spec, string reason) => Assert.Equal(reason, NodeFit.Check(PodFixture.Pod(spec), Node, [])?.Reason);

    [Fact]
    public void Node_FullOfPods_IsOutOfPods()
    {
        var other = PodFixture.Pod("""{"containers":[{"name":"o"}]}""").Tree;

        Assert.Equal("OutOfpods", NodeFit.Check(PodFixture.Pod($$"""{ {{Tolerant}},"containers":[{"name":"c"}]}"""), Node, [other, other])?.Reason);
    }

    [Theory]
    [InlineData("""{"zone":"a"}""", "", true)]
    [InlineData("""{"zone":"b"}""", "", false)]
    [InlineData("{}", """{"matchExpressions":[{"key":"zone","operator":"In","values":["a","b"]},{"key":"size","operator":"Gt","values":["4"]}]}""", true)]
    [InlineData("{}", """{"matchExpressions":[{"key":"size","operator":"Lt","values":["4"]}]}""", false)]
    [InlineData("{}", """{"matchFields":[{"key":"metadata.name","operator":"In","values":["n1"]}]}""", true)]
    [InlineData("{}", """{"matchFields":[{"key":"metadata.name","operator":"NotIn","values":["n1"]}]}""", false)]
    [InlineData("{}", "{}", false)]
    public void Selectors_AgainstLabels_Decide(string selector, string term, bool fits)
    {
        var affinity = term.Length == 0 ? "" : $$""","affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{{term}}]} } }""";

        var found = NodeFit.Check(PodFixture.Pod($$"""{ {{Tolerant}},"nodeSelector":{{selector}},"containers":[]{{affinity}} }"""), Node, []);

        Assert.Equal(fits ? null : "NodeAffinity", found?.Reason);
    }

    [Theory]
    [InlineData("""{"hostPort":80}""", false)]
    [InlineData("""{"hostPort":80,"hostIP":"10.0.0.2"}""", true)]
    [InlineData("""{"hostPort":80,"protocol":"UDP"}""", true)]
    [InlineData("""{"hostPort":81}""", true)]
    public void HostPorts_TakenByOthers_AreRefused(string port, bool fits)
    {
        var other = PodFixture.Pod("""{"containers":[{"name":"o","ports":[{"hostPort":80,"hostIP":"10.0.0.1"}]}]}""").Tree;

        var found = NodeFit.Check(PodFixture.Pod($$"""{ {{Tolerant}},"containers":[{"name":"c","ports":[{{port}}]}]}"""), Node, [other]);

        Assert.Equal(fits ? null : "NodePorts", found?.Reason);
    }

    [Theory]
    [InlineData("[]", false)]
    [InlineData("""[{"operator":"Exists"}]""", true)]
    [InlineData("""[{"key":"k","operator":"Exists","effect":"NoSchedule"}]""", false)]
    [InlineData("""[{"key":"k","value":"w"}]""", false)]
    public void Taints_ThatDriveAway_NeedTolerations(string tolerations, bool fits) =>
        Assert.Equal(fits ? null : "TaintToleration", NodeFit.Check(PodFixture.Pod($$"""{"tolerations":{{tolerations}},"containers":[]}"""), Node, [])?.Reason);

    [Theory]
    [InlineData("net.ipv4.tcp_syncookies", "", null)]
    [InlineData("kernel.msgmax", "", "forbidden sysctl: \"kernel.msgmax\" not allowlisted")]
    [InlineData("kernel.msgmax", "kernel.msg*", null)]
    [InlineData("net/core/somaxconn", "net.core.somaxconn", null)]
    public void Sysctls_BeyondTheSafeOnes_NeedTheNodesLeave(string name, string allowed, string? refusal) =>
        Assert.Equal(refusal, SysctlRules.Check(PodFixture.Pod($$"""{"securityContext":{"sysctls":[{"name":"{{name}}","value":"1"}]} }"""), allowed.Length == 0 ? [] : [allowed]));

    [Theory]
    [InlineData("""{"containers":[{"name":"c"}]}""", "BestEffort")]
    [InlineData("""{"containers":[{"name":"c","resources":{"limits":{"cpu":"1","memory":"1Gi"}}}]}""", "Guaranteed")]
    [InlineData("""{"containers":[{"name":"c","resources":{"limits":{"cpu":"1","memory":"1Gi"},"requests":{"cpu":"500m"}}}]}""", "Burstable")]
    [InlineData("""{"containers":[{"name":"c","resources":{"limits":{"cpu":"1","memory":"1Gi"}}},{"name":"d"}]}""", "Burstable")]
    [InlineData("""{"resources":{"limits":{"cpu":"1","memory":"1Gi"}},"containers":[{"name":"c"}]}""", "Guaranteed")]
    public void QualityOfService_FollowsFromRequestsAndLimits(string spec, string qos) => Assert.Equal(qos, PodFixture.Pod(spec).Qos);

    private static MapValue Parse(string json) => (MapValue)JsonText.Parse(Encoding.UTF8.GetBytes(json));
}
