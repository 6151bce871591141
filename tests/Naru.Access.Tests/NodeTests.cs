using Naru.Access.Roles;
using Naru.Objects.Access;
using Naru.Objects.Api;

namespace Naru.Access.Tests;

public sealed class NodeTests
{
    private static readonly UserInfo Node = AccessFixture.User("system:node:n1", "system:nodes", "system:authenticated");

    [Fact]
    public async Task Node_MayReadWhatItsPodsUse()
    {
        using var access = new AccessFixture();
        await MakePodAsync(access);

        Assert.All(
            new[] { "pull", "envfrom", "env", "vol", "proj" },
            secret => Assert.True(May(access, "get", "secrets", secret), secret));
        Assert.True(May(access, "watch", "configmaps", "settings"));
        Assert.True(May(access, "get", "persistentvolumeclaims", "claim"));
        Assert.True(May(access, "get", "persistentvolumeclaims", "p-scratch"));
        Assert.True(May(access, "create", "serviceaccounts", "robot", subresource: "token"));
        Assert.True(May(access, "get", "pods", "p"));
        Assert.False(May(access, "get", "secrets", "other"));
        Assert.False(May(access, "list", "secrets", ""));
        Assert.False(May(access, "update", "secrets", "vol"));
        Assert.False(May(access, "get", "secrets", "vol", "b"));
        Assert.False(May(access, "create", "serviceaccounts", "default", subresource: "token"));
        Assert.False(May(access, "get", "pods", "elsewhere"));
        Assert.False(access.Authorizer.Authorize(AccessFixture.Attempt(AccessFixture.User("system:node:n2", "system:nodes"), "get", "secrets", "a", "vol")).Allowed);
        Assert.False(access.Authorizer.Authorize(AccessFixture.Attempt(AccessFixture.User("system:node:n1"), "get", "secrets", "a", "vol")).Allowed);
    }

    [Fact]
    public async Task Node_MayReadItsVolumesAndItself()
    {
        using var access = new AccessFixture();
        await MakePodAsync(access);
        await access.StartAsync();
        await access.MakeAsync("persistentvolumes", Trees.Map("{'metadata':{'name':'pv'},'spec':{'claimRef':{'namespace':'a','name':'claim'}}}"));
        await access.MakeAsync("persistentvolumes", Trees.Map("{'metadata':{'name':'free'},'spec':{}}"));
        await access.MakeAsync("volumeattachments", Trees.Map("{'metadata':{'name':'va'},'spec':{'nodeName':'n1'}}"), "storage.k8s.io");

        Assert.True(May(access, "get", "persistentvolumes", "pv", ""));
        Assert.False(May(access, "get", "persistentvolumes", "free", ""));
        Assert.True(access.Authorizer.Authorize(AccessFixture.Attempt(Node, "get", "volumeattachments", "", "va", "storage.k8s.io")).Allowed);
        Assert.True(May(access, "get", "nodes", "n1", ""));
        Assert.False(May(access, "get", "nodes", "n2", ""));
        Assert.True(May(access, "patch", "nodes", "n1", "", "status"));
        Assert.True(access.Authorizer.Authorize(AccessFixture.Attempt(Node, "update", "leases", "kube-node-lease", "n1", "coordination.k8s.io")).Allowed);
        Assert.False(access.Authorizer.Authorize(AccessFixture.Attempt(Node, "update", "leases", "kube-node-lease", "n2", "coordination.k8s.io")).Allowed);
        Assert.False(access.Authorizer.Authorize(AccessFixture.Attempt(Node, "update", "leases", "kube-system", "n1", "coordination.k8s.io")).Allowed);
        Assert.False(access.Authorizer.Authorize(AccessFixture.Attempt(Node, "list", "pods") with { FieldSelector = "" }).Allowed);
        Assert.True(access.Authorizer.Authorize(AccessFixture.Attempt(Node, "list", "pods") with { FieldSelector = "spec.nodeName=n1" }).Allowed);
        Assert.False(access.Authorizer.Authorize(AccessFixture.Attempt(Node, "create", "deployments", "a", group: "apps")).Allowed);
        Assert.True(access.Authorizer.RulesFor(Node, "a").Incomplete);
        await access.StopAsync();
    }

    [Fact]
    public async Task Guard_AgainstGivingAway_HoldsWhoHasLess()
    {
        using var access = new AccessFixture();
        await access.MakeAsync("clusterroles", Trees.Role("rolemaker", "[{'apiGroups':['rbac.authorization.k8s.io'],'resources':['roles','rolebindings'],'verbs':['create','update','delete']},{'apiGroups':[''],'resources':['pods'],'verbs':['get']}]"), "rbac.authorization.k8s.io");
        await access.MakeAsync("rolebindings", Trees.Binding("b", "rolemaker", "[{'kind':'User','name':'jane'}]", "a"), "rbac.authorization.k8s.io");
        await access.MakeAsync("clusterroles", Trees.Role("big", "[{'apiGroups':['*'],'resources':['*'],'verbs':['*']}]"), "rbac.authorization.k8s.io");
        var jane = AccessFixture.User("jane", "devs");

        await GuardAsync(access, jane, "roles", Trees.Role("small", "[{'apiGroups':[''],'resources':['pods'],'verbs':['get']}]", "a"));
        var more = await Assert.ThrowsAsync<Core.Errors.NaruException>(() => GuardAsync(access, jane, "roles", Trees.Role("more", "[{'apiGroups':[''],'resources':['pods'],'verbs':['get','list','watch']}]", "a")));
        var bound = await Assert.ThrowsAsync<Core.Errors.NaruException>(() => GuardAsync(access, jane, "rolebindings", Trees.Binding("x", "big", "[]", "a")));
        await GuardAsync(access, AccessFixture.User("root", "system:masters"), "rolebindings", Trees.Binding("x", "big", "[]", "a"));
        await access.MakeAsync("roles", Trees.Role("binder", "[{'apiGroups':['rbac.authorization.k8s.io'],'resources':['clusterroles'],'resourceNames':['big'],'verbs':['bind']},{'apiGroups':['rbac.authorization.k8s.io'],'resources':['roles'],'verbs':['escalate']}]", "a"), "rbac.authorization.k8s.io");
        await access.MakeAsync("rolebindings", Trees.Binding("c", "binder", "[{'kind':'Group','name':'devs'}]", "a", toClusterRole: false), "rbac.authorization.k8s.io");

        Assert.Equal("roles.rbac.authorization.k8s.io \"more\" is forbidden: user \"jane\" (groups=[\"devs\"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"list\" \"watch\"]}", more.Message);
        Assert.Contains("{APIGroups:[\"*\"], Resources:[\"*\"], Verbs:[\"*\"]}", bound.Message, StringComparison.Ordinal);
        await GuardAsync(access, jane, "rolebindings", Trees.Binding("x", "big", "[]", "a"));
        await GuardAsync(access, jane, "roles", Trees.Role("more", "[{'apiGroups':[''],'resources':['pods'],'verbs':['get','list','watch']}]", "a"));
    }

    private static async Task GuardAsync(AccessFixture access, UserInfo user, string resource, Naru.Objects.Values.MapValue body)
    {
        var guard = access.GetAll<Naru.Objects.Admission.IAdmission>().Single();
        var request = new Naru.Objects.Admission.AdmissionRequest
        {
            Operation = Naru.Objects.Admission.AdmissionOperation.Create,
            Resource = new Naru.Objects.Resources.ResourceInfo { Resource = new(RbacNames.Group, "v1", resource), Kind = "", Singular = "", Namespaced = true, Verbs = [], StorageVersion = "v1" },
            Namespace = "a",
            Name = body["metadata"] is Naru.Objects.Values.MapValue metadata ? metadata["name"]!.ToString()! : "",
            Object = body,
            User = user,
            Warnings = new WarningList(),
            AuditAnnotations = [],
        };
        Assert.True(guard.Handles(request));
        await guard.ValidateAsync(request, TestContext.Current.CancellationToken);
    }

    private static bool May(AccessFixture access, string verb, string resource, string name, string @namespace = "a", string subresource = "") =>
        access.Authorizer.Authorize(AccessFixture.Attempt(Node, verb, resource, @namespace, name, "", subresource)).Allowed;

    private static async Task MakePodAsync(AccessFixture access)
    {
        await access.MakeAsync("pods", Trees.Map("""
            {'metadata':{'name':'p','namespace':'a'},'spec':{'nodeName':'n1','serviceAccountName':'robot','imagePullSecrets':[{'name':'pull'}],
              'containers':[{'name':'c','envFrom':[{'secretRef':{'name':'envfrom'}}],'env':[{'name':'X','valueFrom':{'secretKeyRef':{'name':'env','key':'k'}}},{'name':'Y','valueFrom':{'configMapKeyRef':{'name':'settings','key':'k'}}}]}],
              'volumes':[{'name':'v','secret':{'secretName':'vol'}},{'name':'w','projected':{'sources':[{'secret':{'name':'proj'}}]}},{'name':'x','persistentVolumeClaim':{'claimName':'claim'}},{'name':'scratch','ephemeral':{}}]}}
            """));
        await access.MakeAsync("pods", Trees.Map("{'metadata':{'name':'elsewhere','namespace':'a'},'spec':{'nodeName':'n2','containers':[]}}"));
    }
}
