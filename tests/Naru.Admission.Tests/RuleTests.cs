using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Naru.Objects.Access;
using Naru.Objects.Admission;
using Naru.Objects.Values;
using static Naru.Admission.Tests.AdmissionFixture;

namespace Naru.Admission.Tests;

public sealed class RuleTests
{
    private static readonly UserInfo Node = User("system:node:n1", "system:nodes");

    [Fact]
    public async Task Claim_WithoutAClass_GetsTheNewestDefault()
    {
        using var admission = await new AdmissionFixture().WithNamespaceAsync();
        await admission.MakeAsync(Known.StorageClasses, "{'metadata':{'name':'old','annotations':{'storageclass.kubernetes.io/is-default-class':'true'}}}");
        admission.Time.Advance(TimeSpan.FromSeconds(5));
        await admission.MakeAsync(Known.StorageClasses, "{'metadata':{'name':'new','annotations':{'storageclass.kubernetes.io/is-default-class':'true'}}}");

        var claim = (await admission.CreateAsync(Known.Claims, Map("{'metadata':{'name':'x','namespace':'a'},'spec':{}}"))).Object!;
        var none = (await admission.CreateAsync(Known.Claims, Map("{'metadata':{'name':'x','namespace':'a'},'spec':{'storageClassName':''}}"))).Object!;

        Assert.Equal("new", claim.Text("spec", "storageClassName"));
        Assert.Equal(["kubernetes.io/pvc-protection"], claim.List("metadata", "finalizers")!.Texts());
        Assert.Equal("", none.Text("spec", "storageClassName"));
    }

    [Fact]
    public async Task Ingress_WithoutAClass_GetsTheDefault()
    {
        using var admission = await new AdmissionFixture().WithNamespaceAsync();
        await admission.MakeAsync(Known.IngressClasses, "{'metadata':{'name':'web','annotations':{'ingressclass.kubernetes.io/is-default-class':'true'}}}");

        Assert.Equal("web", (await admission.CreateAsync(Known.Ingresses, Map("{'metadata':{'name':'i','namespace':'a'},'spec':{}}"))).Object!.Text("spec", "ingressClassName"));
    }

    [Fact]
    public async Task Claim_Grows_OnlyWhereItsClassLetsIt()
    {
        using var admission = await new AdmissionFixture().WithNamespaceAsync();
        await admission.MakeAsync(Known.StorageClasses, "{'metadata':{'name':'elastic'},'allowVolumeExpansion':true}");
        await admission.MakeAsync(Known.StorageClasses, "{'metadata':{'name':'stiff'}}");
        static MapValue Claim(string storage, string size) => Map($"{{'metadata':{{'name':'x','namespace':'a'}},'spec':{{'storageClassName':'{storage}','resources':{{'requests':{{'storage':'{size}'}}}}}},'status':{{'phase':'Bound'}}}}");

        await admission.AdmitAsync(Request(AdmissionOperation.Update, Known.Claims, Claim("elastic", "2Gi"), Claim("elastic", "1Gi")));
        await ForbiddenAsync(
            admission.AdmitAsync(Request(AdmissionOperation.Update, Known.Claims, Claim("stiff", "2Gi"), Claim("stiff", "1Gi"))),
            "persistentvolumeclaims \"x\" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize");
    }

    [Fact]
    public async Task Node_New_TakesNoPods()
    {
        using var admission = new AdmissionFixture();

        var node = (await admission.CreateAsync(Known.Nodes, Map("{'metadata':{'name':'n1'}}"), namespaced: false)).Object!;

        Assert.Equal(("node.kubernetes.io/not-ready", "NoSchedule"), (node.Maps("spec", "taints").Single().Text("key"), node.Maps("spec", "taints").Single().Text("effect")));
    }

    [Fact]
    public async Task Node_WritesAboutItselfAlone()
    {
        using var admission = await new AdmissionFixture().WithNamespaceAsync();
        var own = Map("{'metadata':{'name':'n1','labels':{'kubernetes.io/hostname':'n1'}}}");
        await admission.AdmitAsync(Request(AdmissionOperation.Update, Known.Nodes, own.CloneMap(), Map("{'metadata':{'name':'n1'}}"), user: Node, namespaced: false));

        await ForbiddenAsync(
            admission.AdmitAsync(Request(AdmissionOperation.Update, Known.Nodes, Map("{'metadata':{'name':'n2'}}"), Map("{'metadata':{'name':'n2'}}"), user: Node, namespaced: false)),
            "nodes \"n2\" is forbidden: node \"n1\" is not allowed to modify node \"n2\"");
        await ForbiddenAsync(
            admission.AdmitAsync(Request(AdmissionOperation.Update, Known.Nodes, Map("{'metadata':{'name':'n1'},'spec':{'taints':[]}}"), own.CloneMap(), user: Node, namespaced: false)),
            "nodes \"n1\" is forbidden: node \"n1\" is not allowed to modify taints");
        await ForbiddenAsync(
            admission.AdmitAsync(Request(AdmissionOperation.Update, Known.Nodes, Map("{'metadata':{'name':'n1','labels':{'kubernetes.io/hostname':'n1','node-restriction.kubernetes.io/x':'1'}}}"), own.CloneMap(), user: Node, namespaced: false)),
            "nodes \"n1\" is forbidden: node \"n1\" is not allowed to modify the following labels: node-restriction.kubernetes.io/x");
    }

    [Fact]
    public async Task Node_TouchesItsOwnPodsAlone()
    {
        using var admission = await new AdmissionFixture().WithNamespaceAsync();
        var (mine, other) = (Pod("'nodeName':'n1'"), Pod("'nodeName':'n2'"));

        await admission.ValidateAsync(Request(AdmissionOperation.Delete, Known.Pods, null, mine, user: Node));
        await admission.ValidateAsync(Request(AdmissionOperation.Update, Known.Pods, mine.CloneMap(), mine, "status", Node));
        await ForbiddenAsync(admission.ValidateAsync(Request(AdmissionOperation.Delete, Known.Pods, null, other, user: Node)), "pods \"p\" is forbidden: node \"n1\" can only delete pods with spec.nodeName set to itself");
        await ForbiddenAsync(admission.ValidateAsync(Request(AdmissionOperation.Update, Known.Pods, other.CloneMap(), other, "status", Node)), "pods \"p\" is forbidden: node \"n1\" can only update status for pods with spec.nodeName set to itself");
        await RefusedAsync(admission.CreatePodAsync("'nodeName':'n1'", Node));
        await admission.CreateAsync(Known.Pods, Pod("'nodeName':'n1'", metadata: ",'annotations':{'kubernetes.io/config.mirror':'x'}"), Node);
    }

    [Fact]
    public async Task Node_GetsTokensOfItsPodsAlone()
    {
        using var admission = await new AdmissionFixture().WithNamespaceAsync();
        var pod = await admission.Objects.CreateAsync(Known.Pods, Pod("'nodeName':'n1'", "mine"), new Naru.Objects.Api.WriteOptions(), Token);
        var foreign = await admission.Objects.CreateAsync(Known.Pods, Pod("'nodeName':'n2'", "other"), new Naru.Objects.Api.WriteOptions(), Token);

        await admission.ValidateAsync(Wish("mine", pod.Uid));
        await ForbiddenAsync(admission.ValidateAsync(Wish("other", foreign.Uid)), "serviceaccounts \"default\" is forbidden: node requested token bound to a pod scheduled on a different node");
        await ForbiddenAsync(admission.ValidateAsync(Wish("mine", "x")), "serviceaccounts \"default\" is forbidden: the UID in the bound object reference does not match the UID in record");

        static AdmissionRequest Wish(string name, string uid) => Request(
            AdmissionOperation.Create, Known.ServiceAccounts, Map($"{{'metadata':{{'name':'default','namespace':'a'}},'spec':{{'boundObjectRef':{{'kind':'Pod','name':'{name}','uid':'{uid}'}}}}}}"), subresource: "token", user: Node);
    }

    [Fact]
    public async Task Signers_AreForThoseWhoMay()
    {
        using var admission = new AdmissionFixture();
        var old = Map("{'metadata':{'name':'r'},'spec':{'signerName':'example.test/x'}}");
        var signed = Map("{'metadata':{'name':'r'},'spec':{'signerName':'example.test/x'},'status':{'certificate':'Zm9v'}}");
        AdmissionRequest Approval() => Request(AdmissionOperation.Update, Known.SigningRequests, old.CloneMap(), old, "approval", namespaced: false);
        AdmissionRequest Signing() => Request(AdmissionOperation.Update, Known.SigningRequests, signed, old, "status", namespaced: false);

        await ForbiddenAsync(admission.ValidateAsync(Approval()), "certificatesigningrequests.certificates.k8s.io \"r\" is forbidden: user not permitted to approve requests with signerName \"example.test/x\"");
        await ForbiddenAsync(admission.ValidateAsync(Signing()), "certificatesigningrequests.certificates.k8s.io \"r\" is forbidden: user not permitted to sign requests with signerName \"example.test/x\"");
        admission.Authorizer.Allowed.Add("approve signers example.test/*");
        admission.Authorizer.Allowed.Add("sign signers example.test/x");

        await admission.ValidateAsync(Approval());
        await admission.ValidateAsync(Signing());
    }

    [Fact]
    public async Task Masters_AreNotMadeByRequests()
    {
        using var admission = new AdmissionFixture();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string Pem(string subject) => Convert.ToBase64String(Encoding.ASCII.GetBytes(new CertificateRequest(subject, key, HashAlgorithmName.SHA256).CreateSigningRequestPem()));
        MapValue Body(string subject) => Map($"{{'metadata':{{'name':'r'}},'spec':{{'signerName':'kubernetes.io/kube-apiserver-client','request':'{Pem(subject)}'}}}}");

        await admission.CreateAsync(Known.SigningRequests, Body("CN=jane,O=devs"), namespaced: false);
        await ForbiddenAsync(
            admission.CreateAsync(Known.SigningRequests, Body("CN=jane,O=system:masters"), namespaced: false),
            "certificatesigningrequests.certificates.k8s.io \"r\" is forbidden: use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed");
    }

    [Fact]
    public async Task Owners_AreBlockedByThoseWhoMay()
    {
        using var admission = await new AdmissionFixture(new AdmissionOptions { GuardOwnerReferences = true }).WithNamespaceAsync();
        var body = Map("{'metadata':{'name':'x','namespace':'a','ownerReferences':[{'apiVersion':'apps/v1','kind':'Deployment','name':'d','uid':'u','blockOwnerDeletion':true}]}}");

        await ForbiddenAsync(
            admission.CreateAsync(new("", "configmaps"), body.CloneMap()),
            "configmaps \"x\" is forbidden: cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on: no, <nil>");
        admission.Authorizer.Allowed.Add("update deployments/finalizers d");
        await admission.CreateAsync(new("", "configmaps"), body);
    }
}
