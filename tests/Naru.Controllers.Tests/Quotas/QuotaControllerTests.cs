using Naru.Controllers.Tests.Nodes;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Controllers.Tests.Quotas;

public sealed class QuotaControllerTests
{
    private static readonly GroupResource Quotas = new("", "resourcequotas");
    private static readonly GroupResource Pods = new("", "pods");
    private static readonly GroupResource Secrets = new("", "secrets");
    private static readonly GroupResource Foos = new("example.com", "foos");

    [Fact]
    public async Task Quota_New_CountsWhatStands()
    {
        await using var harness = await NodeHarness.StartAsync();
        await PodAsync(harness, "a", "500m");
        await PodAsync(harness, "b", "250m");
        await QuotaAsync(harness, """{"pods":"5","requests.cpu":"2","secrets":"1000m","services":"3"}""");

        Assert.Equal(("2", "750m", "0", "0"), (Used(harness, "pods"), Used(harness, "requests.cpu"), Used(harness, "secrets"), Used(harness, "services")));
        Assert.Equal("1", harness.Get(Quotas, "ns", "q").Text("status", "hard", "secrets"));
    }

    [Fact]
    public async Task Quota_ObjectGoes_IsRelievedOnceNobodyChargesIt()
    {
        await using var harness = await NodeHarness.StartAsync();
        await PodAsync(harness, "a", "500m");
        await QuotaAsync(harness, """{"pods":"5","requests.cpu":"2"}""");
        await ChargeAsync(harness, "2");

        await harness.DeleteAsync(Pods, "ns", "a");
        await harness.AdvanceAsync(TimeSpan.FromMilliseconds(60));
        await ChargeAsync(harness, "3");
        await harness.AdvanceAsync(TimeSpan.FromMilliseconds(60), TimeSpan.FromMilliseconds(20));
        Assert.Equal("3", Used(harness, "pods"));

        await harness.AdvanceAsync(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(50));
        Assert.Equal(("0", "0"), (Used(harness, "pods"), Used(harness, "requests.cpu")));
    }

    [Fact]
    public async Task Quota_AlwaysCharged_IsRelievedAllTheSame()
    {
        await using var harness = await NodeHarness.StartAsync();
        await QuotaAsync(harness, """{"pods":"100"}""");
        for (var round = 0; round < 60 && (Used(harness, "pods") is not "0" || round < 2); round++)
        {
            await ChargeAsync(harness, (50 + round).ToString(System.Globalization.CultureInfo.InvariantCulture));
            await harness.ChangeAsync(Quotas, "ns", "q", tree => tree.Map("spec", "hard")!["secrets"] = round);
            await harness.AdvanceAsync(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal("0", Used(harness, "pods"));
    }

    [Fact]
    public async Task Quota_PodEnds_CountsItNoMore()
    {
        await using var harness = await NodeHarness.StartAsync();
        await PodAsync(harness, "a", "500m");
        await QuotaAsync(harness, """{"pods":"5","count/pods":"5"}""");

        await harness.ChangeAsync(Pods, "ns", "a", static tree => tree.MakeMap("status")["phase"] = "Succeeded", NodeHarness.Status);
        await harness.AdvanceAsync(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(100));

        Assert.Equal(("0", "1"), (Used(harness, "pods"), Used(harness, "count/pods")));
    }

    [Fact]
    public async Task Quota_OfResourceThatNobodyWatches_IsCountedNowAndThen()
    {
        await using var harness = await NodeHarness.StartAsync();
        await QuotaAsync(harness, """{"count/foos.example.com":"5"}""");
        await harness.CreateAsync(Foos, """{"metadata":{"name":"f","namespace":"ns"}}""");

        await harness.AdvanceAsync(TimeSpan.FromSeconds(6));
        Assert.Equal("1", Used(harness, "count/foos.example.com"));
    }

    [Fact]
    public async Task Quota_LimitsChange_StatusFollows()
    {
        await using var harness = await NodeHarness.StartAsync();
        await harness.CreateAsync(Secrets, """{"metadata":{"name":"s","namespace":"ns"}}""");
        await QuotaAsync(harness, """{"pods":"5"}""");
        await harness.ChangeAsync(Quotas, "ns", "q", static tree => tree.MakeMap("spec")["hard"] = new MapValue { ["secrets"] = "9" });

        Assert.Equal("""{"hard":{"secrets":"9"},"used":{"secrets":"1"}}""", System.Text.Encoding.UTF8.GetString(Naru.Testing.Objects.TreeJson.Write(harness.Get(Quotas, "ns", "q").Map("status")!)));
    }

    private static Task PodAsync(NodeHarness harness, string name, string cpu) => harness.CreateAsync(Pods, """
        {"metadata":{"name":"NAME","namespace":"ns"},"spec":{"containers":[{"name":"c","resources":{"requests":{"cpu":"CPU"}}}]}}
        """.Replace("NAME", name, StringComparison.Ordinal).Replace("CPU", cpu, StringComparison.Ordinal));

    private static Task QuotaAsync(NodeHarness harness, string hard) => harness.CreateAsync(Quotas, """{"metadata":{"name":"q","namespace":"ns"},"spec":{"hard":HARD}}""".Replace("HARD", hard, StringComparison.Ordinal));

    private static Task ChargeAsync(NodeHarness harness, string pods) =>
        harness.ChangeAsync(Quotas, "ns", "q", tree => tree.MakeMap("status").MakeMap("used")["pods"] = pods, NodeHarness.Status);

    private static string? Used(NodeHarness harness, string name) => harness.Get(Quotas, "ns", "q").Text("status", "used", name);
}
