using Naru.Core.Errors;
using Naru.Objects.Admission;
using Naru.Objects.Api;
using Naru.Objects.Values;
using static Naru.Admission.Tests.AdmissionFixture;

namespace Naru.Admission.Tests;

public sealed class PodRuleTests
{
    [Fact]
    public async Task Namespace_Missing_IsNotFound()
    {
        using var admission = new AdmissionFixture();

        var failure = await RefusedAsync(admission.CreatePodAsync());

        Assert.Equal((ErrorKind.NotFound, "namespaces \"a\" not found"), (failure.Kind, failure.Message));
    }

    [Fact]
    public async Task Namespace_Terminating_TakesNothingNew()
    {
        using var admission = new AdmissionFixture();
        await admission.MakeAsync(Known.Namespaces, "{'metadata':{'name':'a','deletionTimestamp':'2026-11-25T12:00:00Z'},'status':{'phase':'Terminating'}}");

        var failure = await RefusedAsync(admission.CreateAsync(new("", "configmaps"), Map("{'metadata':{'name':'x','namespace':'a'}}")));

        Assert.Equal("configmaps \"x\" is forbidden: unable to create new content in namespace a because it is being terminated", failure.Message);
        Assert.Equal(new FailureCause("NamespaceTerminating", "namespace a is being terminated", "metadata.namespace"), failure.Details!.Causes.Single());
        await admission.AdmitAsync(Request(AdmissionOperation.Update, new("", "configmaps"), Map("{'metadata':{'name':'x','namespace':'a'}}"), Map("{'metadata':{'name':'x','namespace':'a'}}")));
    }

    [Theory]
    [InlineData("default")]
    [InlineData("kube-system")]
    [InlineData("kube-public")]
    public async Task Namespace_OfTheSystem_IsNotDeleted(string name)
    {
        using var admission = new AdmissionFixture();

        await ForbiddenAsync(
            admission.ValidateAsync(Request(AdmissionOperation.Delete, Known.Namespaces, null, Map($"{{'metadata':{{'name':'{name}'}}}}"), namespaced: false)),
            $"namespaces \"{name}\" is forbidden: this namespace may not be deleted");
    }

    [Fact]
    public async Task Pod_WithoutWishes_GetsTheUsualThings()
    {
        using var admission = await new AdmissionFixture().WithNamespaceAsync();
        await admission.Objects.ChangeAsync(Known.ServiceAccounts, "a", "default", static tree =>
        {
            tree["imagePullSecrets"] = new ListValue([new MapValue { ["name"] = "pull" }]);
            return true;
        }, new WriteOptions(), Token);

        var pod = (await admission.CreatePodAsync()).Object!;

        Assert.Equal("default", pod.Text("spec", "serviceAccountName"));
        Assert.Equal("pull", pod.Maps("spec", "imagePullSecrets").Single().Text("name"));
        var volume = pod.Maps("spec", "volumes").Single();
        Assert.Matches("^kube-api-access-[a-z0-9]{5}$", volume.Text("name"));
        Assert.Equal(3, volume.Maps("projected", "sources").Count());
        Assert.Equal(3607, volume.Maps("projected", "sources").First().Integer("serviceAccountToken", "expirationSeconds"));
        var mount = pod.Maps("spec", "containers").Single().Maps("volumeMounts").Single();
        Assert.Equal((volume.Text("name"), "/var/run/secrets/kubernetes.io/serviceaccount", true), (mount.Text("name"), mount.Text("mountPath"), mount.Boolean("readOnly")));
        Assert.Equal((0L, "PreemptLowerPriority"), (pod.Integer("spec", "priority"), pod.Text("spec", "preemptionPolicy")));
        Assert.Equal(["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"], pod.Maps("spec", "tolerations").Select(static one => one.Text("key")));
        Assert.All(pod.Maps("spec", "tolerations"), static one => Assert.Equal(300, one.Integer("tolerationSeconds")));
    }

    [Fact]
    public async Task Pod_ThatWantsNoToken_GetsNone()
    {
        using var admission = await new AdmissionFixture().WithNamespaceAsync();

        Assert.Null((await admission.CreatePodAsync("'automountServiceAccountToken':false")).Object!.List("spec", "volumes"));
        var own = (await admission.CreatePodAsync("'containers':[{'name':'c','volumeMounts':[{'name':'x','mountPath':'/var/run/secrets/kubernetes.io/serviceaccount'}]}]")).Object!;
        Assert.Null(own.List("spec", "volumes"));
    }

    [Fact]
    public async Task Pod_WithTolerations_KeepsThem()
    {
        using var admission = await new AdmissionFixture().WithNamespaceAsync();

        var pod = (await admission.CreatePodAsync("'tolerations':[{'key':'node.kubernetes.io/not-ready','operator':'Exists','effect':'NoExecute','tolerationSeconds':5},{'key':'node.kubernetes.io/unreachable','operator':'Exists','effect':'NoSchedule'}]")).Object!;

        Assert.Equal([5L, null, 300L], pod.Maps("spec", "tolerations").Select(static one => one.Integer("tolerationSeconds")));
        Assert.Single((await admission.CreatePodAsync("'tolerations':[{'operator':'Exists'}]")).Object!.Maps("spec", "tolerations"));
    }

    [Fact]
    public async Task Account_Missing_IsForbidden()
    {
        using var admission = await new AdmissionFixture().WithNamespaceAsync();

        await ForbiddenAsync(admission.CreatePodAsync("'serviceAccountName':'robot'"), "pods \"p\" is forbidden: error looking up service account a/robot: serviceaccount \"robot\" not found");
    }

    [Fact]
    public async Task Account_Default_IsWaitedFor()
    {
        using var admission = new AdmissionFixture();
        await admission.MakeAsync(Known.Namespaces, "{'metadata':{'name':'a'}}");
        var creating = admission.CreatePodAsync();
        Assert.False(creating.IsCompleted);
        await admission.MakeAsync(Known.ServiceAccounts, "{'metadata':{'name':'default','namespace':'a'}}");

        admission.Time.Advance(TimeSpan.FromMilliseconds(100));

        Assert.Equal("default", (await creating).Object!.Text("spec", "serviceAccountName"));
    }

    [Fact]
    public async Task Account_ThatLimitsSecrets_RefusesOthers()
    {
        using var admission = await new AdmissionFixture().WithNamespaceAsync();
        await admission.MakeAsync(Known.ServiceAccounts, "{'metadata':{'name':'robot','namespace':'a','annotations':{'kubernetes.io/enforce-mountable-secrets':'true'}},'secrets':[{'name':'own'}]}");

        await admission.CreatePodAsync("'serviceAccountName':'robot','volumes':[{'name':'v','secret':{'secretName':'own'}}]");
        await ForbiddenAsync(
            admission.CreatePodAsync("'serviceAccountName':'robot','volumes':[{'name':'v','secret':{'secretName':'other'}}]"),
            "pods \"p\" is forbidden: volume with secret.secretName=\"other\" is not allowed because service account robot does not reference that secret");
    }

    [Fact]
    public async Task Priority_OfAClass_IsFilledIn()
    {
        using var admission = await new AdmissionFixture().WithNamespaceAsync();
        foreach (var stage in admission.Stages)
        {
            await stage.StartAsync(Token);
        }

        await admission.MakeAsync(Known.PriorityClasses, "{'metadata':{'name':'high'},'value':1000,'preemptionPolicy':'Never'}");
        var high = (await admission.CreatePodAsync("'priorityClassName':'high'")).Object!;
        Assert.Equal((1000L, "Never"), (high.Integer("spec", "priority"), high.Text("spec", "preemptionPolicy")));
        Assert.Equal(2_000_001_000, (await admission.CreatePodAsync("'priorityClassName':'system-node-critical'")).Object!.Integer("spec", "priority"));
        await ForbiddenAsync(admission.CreatePodAsync("'priorityClassName':'none'"), "pods \"p\" is forbidden: no PriorityClass with name none was found");
        await ForbiddenAsync(
            admission.CreatePodAsync("'priorityClassName':'high','priority':7"),
            "pods \"p\" is forbidden: the integer value of priority (7) must not be provided in pod spec; priority admission controller computed 1000 from the given PriorityClass name");

        await admission.MakeAsync(Known.PriorityClasses, "{'metadata':{'name':'standard'},'value':10,'globalDefault':true}");
        Assert.Equal("standard", (await admission.CreatePodAsync()).Object!.Text("spec", "priorityClassName"));
        await ForbiddenAsync(
            admission.CreateAsync(Known.PriorityClasses, Map("{'metadata':{'name':'second'},'globalDefault':true}"), namespaced: false),
            "priorityclasses.scheduling.k8s.io \"second\" is forbidden: PriorityClass standard is already marked as default. Only one default can exist");
        foreach (var stage in admission.Stages)
        {
            await stage.StopAsync(Token);
        }
    }

    [Fact]
    public async Task RuntimeClass_AddsItsCostAndPlaces()
    {
        using var admission = await new AdmissionFixture().WithNamespaceAsync();
        await admission.MakeAsync(Known.RuntimeClasses, "{'metadata':{'name':'vm'},'handler':'vm','overhead':{'podFixed':{'memory':'64Mi'}},'scheduling':{'nodeSelector':{'kvm':'yes'},'tolerations':[{'key':'k','operator':'Exists'}]}}");

        var pod = (await admission.CreatePodAsync("'runtimeClassName':'vm'")).Object!;

        Assert.Equal("64Mi", pod.Text("spec", "overhead", "memory"));
        Assert.Equal("yes", pod.Text("spec", "nodeSelector", "kvm"));
        Assert.Contains(pod.Maps("spec", "tolerations"), static one => one.Text("key") == "k");
        await ForbiddenAsync(admission.CreatePodAsync("'runtimeClassName':'none'"), "pods \"p\" is forbidden: pod rejected: RuntimeClass \"none\" not found");
        await ForbiddenAsync(admission.CreatePodAsync("'overhead':{'cpu':'1'}"), "pods \"p\" is forbidden: pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead");
        await ForbiddenAsync(
            admission.CreatePodAsync("'runtimeClassName':'vm','nodeSelector':{'kvm':'no'}"),
            "pods \"p\" is forbidden: conflict: runtimeClass.scheduling.nodeSelector[kvm] = yes; pod.spec.nodeSelector[kvm] = no");
    }
}
