using Naru.Admission.Security;
using Naru.Core.Errors;
using Naru.Objects.Admission;
using Naru.Objects.Api;
using Naru.Objects.Values;
using static Naru.Admission.Tests.AdmissionFixture;

namespace Naru.Admission.Tests;

public sealed class PodSecurityTests
{
    private const string Hardened = "'securityContext':{'runAsNonRoot':true,'seccompProfile':{'type':'RuntimeDefault'}},'containers':[{'name':'c','image':'i','securityContext':{'allowPrivilegeEscalation':false,'capabilities':{'drop':['ALL']}}}]";

    [Fact]
    public async Task Restricted_RefusesAPlainPodInKubernetesWords()
    {
        using var admission = await new AdmissionFixture().WithNamespaceAsync("{'pod-security.kubernetes.io/enforce':'restricted'}");

        await ForbiddenAsync(
            admission.CreatePodAsync(),
            "pods \"p\" is forbidden: violates PodSecurity \"restricted:latest\": allowPrivilegeEscalation != false (container \"c\" must set securityContext.allowPrivilegeEscalation=false), "
            + "unrestricted capabilities (container \"c\" must set securityContext.capabilities.drop=[\"ALL\"]), runAsNonRoot != true (pod or container \"c\" must set securityContext.runAsNonRoot=true), "
            + "seccompProfile (pod or container \"c\" must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")");
        Assert.Equal("restricted:latest", (await admission.CreatePodAsync(Hardened)).AuditAnnotations["pod-security.kubernetes.io/enforce-policy"]);
    }

    [Theory]
    [InlineData("'hostNetwork':true,'hostPID':true", "host namespaces (hostNetwork=true, hostPID=true)")]
    [InlineData("'containers':[{'name':'a','securityContext':{'privileged':true}},{'name':'b','securityContext':{'privileged':true}}]", "privileged (containers \"a\", \"b\" must not set securityContext.privileged=true)")]
    [InlineData("'containers':[{'name':'c','securityContext':{'capabilities':{'add':['NET_ADMIN','CHOWN']}}}]", "non-default capabilities (container \"c\" must not include \"NET_ADMIN\" in securityContext.capabilities.add)")]
    [InlineData("'volumes':[{'name':'v','hostPath':{'path':'/'}}]", "hostPath volumes (volume \"v\")")]
    [InlineData("'containers':[{'name':'c','ports':[{'hostPort':80},{'hostPort':81}]}]", "hostPort (container \"c\" uses hostPorts 80, 81)")]
    [InlineData("'containers':[{'name':'c','securityContext':{'procMount':'Unmasked'}}]", "procMount (container \"c\" must not set securityContext.procMount to \"Unmasked\")")]
    [InlineData("'securityContext':{'seccompProfile':{'type':'Unconfined'}}", "seccompProfile (pod must not set securityContext.seccompProfile.type to \"Unconfined\")")]
    [InlineData("'securityContext':{'appArmorProfile':{'type':'Unconfined'}}", "forbidden AppArmor profile (pod must not set AppArmor profile type to \"Unconfined\")")]
    [InlineData("'securityContext':{'seLinuxOptions':{'type':'spc_t','user':'u'}}", "seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type \"spc_t\"; user may not be set)")]
    [InlineData("'securityContext':{'sysctls':[{'name':'kernel.msgmax','value':'1'},{'name':'net.ipv4.tcp_syncookies','value':'1'}]}", "forbidden sysctls (kernel.msgmax)")]
    [InlineData("'securityContext':{'windowsOptions':{'hostProcess':true}}", "hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)")]
    [InlineData("'containers':[{'name':'c','livenessProbe':{'httpGet':{'host':'10.0.0.1'}}}]", "probe or lifecycle host (container \"c\" uses probe or lifecycle host \"10.0.0.1\")")]
    public void Baseline_NamesWhatBreaksIt(string spec, string expected)
    {
        var pod = Pod(spec);
        var view = new PodView(pod.Map("metadata")!, pod.Map("spec")!);

        Assert.Equal(expected, SecurityEvaluator.Evaluate(new LevelVersion(SecurityLevel.Baseline, LevelVersion.Latest), view));
        Assert.Null(SecurityEvaluator.Evaluate(new LevelVersion(SecurityLevel.Privileged, LevelVersion.Latest), view));
    }

    [Theory]
    [InlineData("'volumes':[{'name':'v','nfs':{}},{'name':'w','emptyDir':{}}]", "restricted volume types (volume \"v\" uses restricted volume type \"nfs\")")]
    [InlineData("'volumes':[{'name':'v','hostPath':{}}]", "restricted volume types (volume \"v\" uses restricted volume type \"hostPath\")")]
    public void Restricted_TakesTheBaselinesPlace(string more, string expected)
    {
        var pod = Pod($"{Hardened},{more}");

        Assert.Equal(expected, SecurityEvaluator.Evaluate(new LevelVersion(SecurityLevel.Restricted, LevelVersion.Latest), new PodView(pod.Map("metadata")!, pod.Map("spec")!)));
    }

    [Fact]
    public void Versions_DecideWhatIsDemanded()
    {
        var pod = Pod("'securityContext':{'sysctls':[{'name':'net.ipv4.tcp_rmem','value':'1'}]}");
        var view = new PodView(pod.Map("metadata")!, pod.Map("spec")!);

        Assert.NotNull(SecurityEvaluator.Evaluate(new LevelVersion(SecurityLevel.Baseline, 31), view));
        Assert.Null(SecurityEvaluator.Evaluate(new LevelVersion(SecurityLevel.Baseline, 32), view));
        Assert.Equal(25, LevelVersion.ParseVersion("v1.25"));
        Assert.Null(LevelVersion.ParseVersion("1.25"));
        Assert.Null(LevelVersion.ParseVersion("v1.025"));
    }

    [Fact]
    public async Task Warnings_AndNotes_DoNotRefuse()
    {
        using var admission = await new AdmissionFixture().WithNamespaceAsync("{'pod-security.kubernetes.io/warn':'baseline','pod-security.kubernetes.io/audit':'baseline','pod-security.kubernetes.io/warn-version':'v1.30'}");

        var pod = await admission.CreatePodAsync("'hostNetwork':true");
        var deployment = await admission.CreateAsync(new("apps", "deployments"), Map("{'metadata':{'name':'d','namespace':'a'},'spec':{'template':{'spec':{'hostIPC':true,'containers':[]}}}}"));

        Assert.Equal(["would violate PodSecurity \"baseline:v1.30\": host namespaces (hostNetwork=true)"], pod.Warnings.Texts);
        Assert.Equal("would violate PodSecurity \"baseline:latest\": host namespaces (hostNetwork=true)", pod.AuditAnnotations["pod-security.kubernetes.io/audit-violations"]);
        Assert.Equal(["would violate PodSecurity \"baseline:v1.30\": host namespaces (hostIPC=true)"], deployment.Warnings.Texts);
    }

    [Fact]
    public async Task Namespace_ThatBecomesStricter_WarnsOfItsPods()
    {
        using var admission = await new AdmissionFixture().WithNamespaceAsync();
        foreach (var name in new[] { "x", "y" })
        {
            await admission.Objects.CreateAsync(Known.Pods, Pod("'hostNetwork':true", name), new WriteOptions(), Token);
        }

        var old = Map("{'metadata':{'name':'a'}}");
        var request = await admission.AdmitAsync(Request(AdmissionOperation.Update, Known.Namespaces, Map("{'metadata':{'name':'a','labels':{'pod-security.kubernetes.io/enforce':'baseline'}}}"), old, namespaced: false));

        Assert.Equal(["existing pods in namespace \"a\" violate the new PodSecurity enforce level \"baseline:latest\"", "x (and 1 other pod): host namespaces"], request.Warnings.Texts);
        var failure = await RefusedAsync(admission.AdmitAsync(Request(AdmissionOperation.Update, Known.Namespaces, Map("{'metadata':{'name':'a','labels':{'pod-security.kubernetes.io/enforce':'strict'}}}"), old, namespaced: false)));
        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.Contains("must be one of privileged, baseline, restricted", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exempt_AreNotLookedAt()
    {
        using var admission = await new AdmissionFixture(new AdmissionOptions { PodSecurityEnforce = "restricted", PodSecurityExemptUsers = ["boss"], PodSecurityExemptNamespaces = ["b"] }).WithNamespaceAsync();

        await RefusedAsync(admission.CreatePodAsync());
        await admission.CreatePodAsync(user: User("boss"));
    }
}
