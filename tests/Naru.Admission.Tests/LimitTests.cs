using Naru.Objects.Admission;
using Naru.Objects.Values;
using static Naru.Admission.Tests.AdmissionFixture;

namespace Naru.Admission.Tests;

public sealed class LimitTests
{
    [Fact]
    public async Task Container_WithoutWishes_GetsTheDefaults()
    {
        using var admission = await WithRangeAsync("{'type':'Container','default':{'cpu':'500m','memory':'1Gi'},'defaultRequest':{'cpu':'100m','memory':'256Mi'}}");

        var pod = (await admission.CreatePodAsync()).Object!;

        var resources = pod.Maps("spec", "containers").Single().Map("resources")!;
        Assert.Equal(("100m", "256Mi", "500m", "1Gi"), (resources.Text("requests", "cpu"), resources.Text("requests", "memory"), resources.Text("limits", "cpu"), resources.Text("limits", "memory")));
        Assert.Equal("LimitRanger plugin set: cpu, memory request for container c; cpu, memory limit for container c", pod.Text("metadata", "annotations", "kubernetes.io/limit-ranger"));
    }

    [Fact]
    public async Task Container_WithALimit_AsksForThatMuch()
    {
        using var admission = await WithRangeAsync("{'type':'Container','default':{'cpu':'500m'},'defaultRequest':{'cpu':'100m'}}");

        var resources = (await admission.CreatePodAsync(Container("'limits':{'cpu':'300m'}"))).Object!.Maps("spec", "containers").Single().Map("resources")!;

        Assert.Equal(("300m", "300m"), (resources.Text("requests", "cpu"), resources.Text("limits", "cpu")));
    }

    [Theory]
    [InlineData("'requests':{'cpu':'50m'},'limits':{'cpu':'200m'}", "minimum cpu usage per Container is 100m, but request is 50m")]
    [InlineData("'requests':{'cpu':'1'},'limits':{'cpu':'3'}", "maximum cpu usage per Container is 2, but limit is 3")]
    [InlineData("'requests':{'cpu':'200m'},'limits':{'cpu':'2'}", "cpu max limit to request ratio per Container is 5, but provided ratio is 10.000000")]
    [InlineData("'requests':{'cpu':'50m'},'limits':{'cpu':'3'}", "[minimum cpu usage per Container is 100m, but request is 50m, maximum cpu usage per Container is 2, but limit is 3, cpu max limit to request ratio per Container is 5, but provided ratio is 60.000000]")]
    public async Task Container_OutsideTheBounds_IsForbidden(string resources, string message)
    {
        using var admission = await WithRangeAsync("{'type':'Container','min':{'cpu':'100m'},'max':{'cpu':'2'},'maxLimitRequestRatio':{'cpu':'5'}}");

        await ForbiddenAsync(admission.CreatePodAsync(Container(resources)), $"pods \"p\" is forbidden: {message}");
        await admission.CreatePodAsync(Container("'requests':{'cpu':'1'},'limits':{'cpu':'2'}"));
    }

    [Fact]
    public async Task Pod_TooLargeAsAWhole_IsForbidden()
    {
        using var admission = await WithRangeAsync("{'type':'Pod','max':{'memory':'1Gi'}}");

        await ForbiddenAsync(
            admission.CreatePodAsync("'containers':[{'name':'a','resources':{'limits':{'memory':'600Mi'}}},{'name':'b','resources':{'limits':{'memory':'600Mi'}}}]"),
            "pods \"p\" is forbidden: maximum memory usage per Pod is 1Gi, but limit is 1200Mi");
        await ForbiddenAsync(admission.CreatePodAsync(), "pods \"p\" is forbidden: maximum memory usage per Pod is 1Gi.  No limit is specified");
    }

    [Fact]
    public async Task Claim_OutsideTheBounds_IsForbidden()
    {
        using var admission = await WithRangeAsync("{'type':'PersistentVolumeClaim','min':{'storage':'1Gi'},'max':{'storage':'2Gi'}}");

        await ForbiddenAsync(
            admission.CreateAsync(Known.Claims, Map("{'metadata':{'name':'x','namespace':'a'},'spec':{'resources':{'requests':{'storage':'3Gi'}}}}")),
            "persistentvolumeclaims \"x\" is forbidden: maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi");
    }

    [Fact]
    public async Task Pod_Updated_IsNotLookedAtAgain()
    {
        using var admission = await WithRangeAsync("{'type':'Container','max':{'cpu':'1'}}");

        await admission.AdmitAsync(Request(AdmissionOperation.Update, Known.Pods, Pod(Container("'limits':{'cpu':'3'}")), Pod(Container("'limits':{'cpu':'3'}"))));
        await RefusedAsync(admission.ValidateAsync(Request(AdmissionOperation.Update, Known.Pods, Pod(Container("'limits':{'cpu':'3'}")), Pod(), subresource: "resize")));
    }

    private static string Container(string resources) => $"'containers':[{{'name':'c','resources':{{{resources}}}}}]";

    private static async Task<AdmissionFixture> WithRangeAsync(string item)
    {
        var admission = await new AdmissionFixture().WithNamespaceAsync();
        await admission.MakeAsync(Known.LimitRanges, $"{{'metadata':{{'name':'l','namespace':'a'}},'spec':{{'limits':[{item}]}}}}");
        return admission;
    }
}
