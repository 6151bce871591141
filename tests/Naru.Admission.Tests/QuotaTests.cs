using Naru.Core.Errors;
using Naru.Objects.Admission;
using Naru.Objects.Api;
using Naru.Objects.Quotas;
using Naru.Objects.Values;
using static Naru.Admission.Tests.AdmissionFixture;

namespace Naru.Admission.Tests;

public sealed class QuotaTests
{
    [Fact]
    public async Task Pods_UpToTheQuota_AreCountedAndTheNextIsForbidden()
    {
        using var admission = await WithQuotaAsync("{'pods':'2'}");
        await admission.CreatePodAsync();
        await admission.CreatePodAsync();

        await ForbiddenAsync(admission.CreatePodAsync(), "pods \"p\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2");

        Assert.Equal("2", Used(admission, "pods"));
    }

    [Fact]
    public async Task Compute_OfAQuota_MustBeSaid()
    {
        using var admission = await WithQuotaAsync("{'requests.cpu':'1','limits.memory':'1Gi'}");

        await ForbiddenAsync(admission.CreatePodAsync(), "pods \"p\" is forbidden: failed quota: q: must specify limits.memory for: c; requests.cpu for: c");
        await admission.CreatePodAsync(Container("'requests':{'cpu':'600m'},'limits':{'memory':'512Mi'}"));
        await ForbiddenAsync(
            admission.CreatePodAsync(Container("'requests':{'cpu':'600m'},'limits':{'memory':'512Mi'}")),
            "pods \"p\" is forbidden: exceeded quota: q, requested: requests.cpu=600m, used: requests.cpu=600m, limited: requests.cpu=1");
        await admission.CreatePodAsync(Container("'requests':{'cpu':'400m'},'limits':{'memory':'512Mi'}"));
        Assert.Equal(("1", "1Gi"), (Used(admission, "requests.cpu"), Used(admission, "limits.memory")));
    }

    [Fact]
    public async Task Pod_ThatIsNotWritten_IsGivenBack()
    {
        using var admission = await WithQuotaAsync("{'pods':'1'}");
        foreach (var stage in admission.Stages)
        {
            await stage.StartAsync(Token);
        }

        var request = await admission.CreatePodAsync();
        Assert.Equal("1", Used(admission, "pods"));

        admission.Rules[^1].Undo(request);
        admission.Rules[^1].Undo(request);

        await EventuallyAsync(() => Used(admission, "pods") == "0");
        foreach (var stage in admission.Stages)
        {
            await stage.StopAsync(Token);
        }
    }

    [Fact]
    public async Task DryRun_IsCheckedAndTakesNothing()
    {
        using var admission = await WithQuotaAsync("{'pods':'1'}");
        await admission.AdmitAsync(Request(AdmissionOperation.Create, Known.Pods, Pod(), dryRun: true));
        await admission.CreatePodAsync();

        Assert.Equal("1", Used(admission, "pods"));
        await RefusedAsync(admission.AdmitAsync(Request(AdmissionOperation.Create, Known.Pods, Pod(), dryRun: true)));
    }

    [Fact]
    public async Task Scopes_OfAQuota_SayWhatItCounts()
    {
        using var admission = await WithQuotaAsync("{'pods':'0'}", "'scopeSelector':{'matchExpressions':[{'scopeName':'PriorityClass','operator':'In','values':['high']}]}");
        await admission.MakeAsync(Known.PriorityClasses, "{'metadata':{'name':'high'},'value':1000}");

        await admission.CreatePodAsync();
        await RefusedAsync(admission.CreatePodAsync("'priorityClassName':'high'"));
    }

    [Fact]
    public async Task Objects_AreCountedByName()
    {
        using var admission = await WithQuotaAsync("{'count/deployments.apps':'1','services.nodeports':'2','persistentvolumeclaims':'5','requests.storage':'3Gi','gold.storageclass.storage.k8s.io/requests.storage':'1Gi'}");
        var deployment = Map("{'metadata':{'name':'d','namespace':'a'}}");
        await admission.CreateAsync(new("apps", "deployments"), deployment.CloneMap());
        await RefusedAsync(admission.CreateAsync(new("apps", "deployments"), deployment.CloneMap()));

        var service = Map("{'metadata':{'name':'s','namespace':'a'},'spec':{'type':'NodePort','ports':[{'port':1},{'port':2}]}}");
        await admission.CreateAsync(Known.Services, service.CloneMap());
        Assert.Equal("2", Used(admission, "services.nodeports"));
        var closed = Map("{'metadata':{'name':'s','namespace':'a'},'spec':{'type':'ClusterIP','ports':[{'port':1},{'port':2}]}}");
        await admission.AdmitAsync(Request(AdmissionOperation.Update, Known.Services, closed, service));
        Assert.Equal("0", Used(admission, "services.nodeports"));

        await admission.CreateAsync(Known.Claims, Claim("gold", "1Gi"));
        await RefusedAsync(admission.CreateAsync(Known.Claims, Claim("gold", "1Gi")));
        await admission.CreateAsync(Known.Claims, Claim("slow", "2Gi"));
        Assert.Equal(("3Gi", "1Gi", "2"), (Used(admission, "requests.storage"), Used(admission, "gold.storageclass.storage.k8s.io/requests.storage"), Used(admission, "persistentvolumeclaims")));
    }

    [Fact]
    public async Task Quota_ThatNobodyCountedYet_IsCountedHere()
    {
        using var admission = await new AdmissionFixture().WithNamespaceAsync();
        await admission.Objects.CreateAsync(Known.Pods, Pod(name: "old"), new WriteOptions(), Token);
        await admission.MakeAsync(Known.ResourceQuotas, "{'metadata':{'name':'q','namespace':'a'},'spec':{'hard':{'pods':'2'}}}");

        await admission.CreatePodAsync();
        await RefusedAsync(admission.CreatePodAsync());

        Assert.Equal("2", Used(admission, "pods"));
    }

    [Fact]
    public async Task Writers_AtOnce_NeverTakeMoreThanThereIs()
    {
        using var admission = await WithQuotaAsync("{'pods':'20'}");
        var refused = 0;

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(async () =>
        {
            try
            {
                await admission.CreatePodAsync();
            }
            catch (NaruException failure) when (failure.Kind == ErrorKind.PermissionDenied)
            {
                Interlocked.Increment(ref refused);
            }
        })));

        Assert.Equal((30, "20"), (refused, Used(admission, "pods")));
    }

    [Fact]
    public async Task Used_AfterAnyComingsAndGoings_IsWhatStands()
    {
        var random = new Random(42);
        using var admission = await WithQuotaAsync("{'pods':'10','requests.cpu':'4'}");
        foreach (var stage in admission.Stages)
        {
            await stage.StartAsync(Token);
        }

        var standing = new List<(AdmissionRequest Request, long Milli)>();
        for (var step = 0; step < 200; step++)
        {
            if (standing.Count > 0 && random.Next(3) == 0)
            {
                var gone = standing[random.Next(standing.Count)];
                standing.Remove(gone);
                admission.Rules[^1].Undo(gone.Request);
                await EventuallyAsync(() => Used(admission, "pods") == $"{standing.Count}");
                continue;
            }

            var milli = random.Next(1, 15) * 100L;
            var fits = standing.Count < 10 && standing.Sum(static one => one.Milli) + milli <= 4000;
            var creating = admission.CreatePodAsync(Container($"'requests':{{'cpu':'{milli}m'}}"));
            if (fits)
            {
                standing.Add((await creating, milli));
            }
            else
            {
                await RefusedAsync(creating);
            }
        }

        Assert.Equal(($"{standing.Count}", Naru.Objects.Quantities.Quantity.FromMilli(standing.Sum(static one => one.Milli)).ToString()), (Used(admission, "pods"), Used(admission, "requests.cpu")));
        foreach (var stage in admission.Stages)
        {
            await stage.StopAsync(Token);
        }
    }

    [Fact]
    public void Pod_WithInitContainers_UsesItsLargestMoment()
    {
        var pod = Pod("'initContainers':[{'name':'side','restartPolicy':'Always','resources':{'requests':{'cpu':'1'}}},{'name':'i','resources':{'requests':{'cpu':'5'}}}],'containers':[{'name':'c','resources':{'requests':{'cpu':'2'}}}],'overhead':{'cpu':'250m'}");

        Assert.Equal("6250m", PodResources.Requests(pod)["cpu"].ToString());
        Assert.Empty(PodResources.Limits(pod));
        Assert.False(PodResources.IsBestEffort(pod));
        Assert.True(PodResources.IsBestEffort(Pod()));
    }

    [Fact]
    public void Pod_ThatIsOver_UsesItsPlaceAlone()
    {
        var pod = Pod(Container("'requests':{'cpu':'1'}"));
        pod["status"] = new MapValue { ["phase"] = "Succeeded" };

        Assert.Equal(["count/pods"], QuotaUsage.Of(Known.Pods, pod, default).Keys);
    }

    private static string Container(string resources) => $"'containers':[{{'name':'c','resources':{{{resources}}}}}]";

    private static MapValue Claim(string storageClass, string size) =>
        Map($"{{'metadata':{{'name':'x','namespace':'a'}},'spec':{{'storageClassName':'{storageClass}','resources':{{'requests':{{'storage':'{size}'}}}}}}}}");

    private static async Task<AdmissionFixture> WithQuotaAsync(string hard, string scopes = "'x':1")
    {
        var admission = await new AdmissionFixture().WithNamespaceAsync();
        await admission.MakeAsync(Known.ResourceQuotas, $"{{'metadata':{{'name':'q','namespace':'a'}},'spec':{{'hard':{hard},{scopes}}},'status':{{'hard':{hard},'used':{{}}}}}}");
        return admission;
    }

    private static string? Used(AdmissionFixture admission, string name) => admission.Objects.Get(Known.ResourceQuotas, "a", "q")!.Tree.Text("status", "used", name);

    private static async Task EventuallyAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            await Task.Delay(10, limit.Token);
        }
    }
}
