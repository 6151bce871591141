using Naru.Agent.Probes;
using Naru.Agent.Tests.Pods;

namespace Naru.Agent.Tests.Probes;

public sealed class ProbeCountsTests
{
    [Fact]
    public void Show_AnswersOfALiveContainer_AreCountedByResultUntilItGoes()
    {
        var counts = new ProbeCounts();
        var pod = PodFixture.Pod("""{"containers":[{"name":"app","image":"app:1"}]}""");
        var (member, container) = (pod.Member("app")!, PodFixture.Container("app").Id);
        foreach (var problem in new[] { null, null, "refused", ProbeWords.Unknown + "no such container" })
        {
            counts.Add(pod, member, container, "Liveness", problem);
        }

        Assert.Equal(
            [
                "# HELP prober_probe_total Cumulative number of a liveness, readiness or startup probe for a container by result.",
                "# TYPE prober_probe_total counter",
                """prober_probe_total{container="app",namespace="shop",pod="web",pod_uid="u1",probe_type="Liveness",result="failed"} 1""",
                """prober_probe_total{container="app",namespace="shop",pod="web",pod_uid="u1",probe_type="Liveness",result="successful"} 2""",
                """prober_probe_total{container="app",namespace="shop",pod="web",pod_uid="u1",probe_type="Liveness",result="unknown"} 1""",
            ],
            counts.Show().TrimEnd().Split('\n'));

        counts.Forget(container);
        Assert.DoesNotContain("app", counts.Show()[counts.Show().IndexOf("TYPE", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }
}
