using Naru.Access.Roles;
using Naru.Objects.Access;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Access.Tests;

public sealed class RoleTests
{
    private const string Rbac = "rbac.authorization.k8s.io";
    private static readonly UserInfo Jane = AccessFixture.User("jane", "devs", "system:authenticated");

    [Fact]
    public async Task Binding_Written_CountsAtOnceAndUntilDeleted()
    {
        using var access = new AccessFixture();
        await access.MakeAsync("clusterroles", Trees.Role("reader", "[{'apiGroups':[''],'resources':['pods'],'verbs':['get','list']}]"), Rbac);
        var attempt = AccessFixture.Attempt(Jane, "get", "pods", "a", "p");
        Assert.False(access.Authorizer.Authorize(attempt).Allowed);

        await access.MakeAsync("rolebindings", Trees.Binding("b", "reader", "[{'kind':'User','name':'jane'}]", "a"), Rbac);

        var decision = access.Authorizer.Authorize(attempt);
        Assert.True(decision.Allowed);
        Assert.Equal("RBAC: allowed by RoleBinding \"b/a\" of ClusterRole \"reader\" to User \"jane\"", decision.Reason);
        Assert.False(access.Authorizer.Authorize(attempt with { Namespace = "other" }).Allowed);
        Assert.False(access.Authorizer.Authorize(attempt with { Verb = "delete" }).Allowed);
        await access.Objects.DeleteAsync(RbacNames.RoleBindings, "a", "b", new DeleteOptions(), TestContext.Current.CancellationToken);
        Assert.False(access.Authorizer.Authorize(attempt).Allowed);
    }

    [Fact]
    public async Task Role_Changed_CountsAtOnce()
    {
        using var access = new AccessFixture();
        await access.MakeAsync("roles", Trees.Role("r", "[{'apiGroups':[''],'resources':['pods'],'verbs':['get']}]", "a"), Rbac);
        await access.MakeAsync("rolebindings", Trees.Binding("b", "r", "[{'kind':'Group','name':'devs'}]", "a", toClusterRole: false), Rbac);
        Assert.True(access.Authorizer.Authorize(AccessFixture.Attempt(Jane, "get", "pods", "a")).Allowed);

        await access.Objects.UpdateAsync(RbacNames.Roles, Trees.Role("r", "[{'apiGroups':['apps'],'resources':['*/scale'],'verbs':['*']}]", "a"), new WriteOptions(), TestContext.Current.CancellationToken);

        Assert.False(access.Authorizer.Authorize(AccessFixture.Attempt(Jane, "get", "pods", "a")).Allowed);
        Assert.True(access.Authorizer.Authorize(AccessFixture.Attempt(Jane, "patch", "deployments", "a", "d", "apps", "scale")).Allowed);
        Assert.False(access.Authorizer.Authorize(AccessFixture.Attempt(Jane, "patch", "deployments", "a", "d", "apps")).Allowed);
    }

    [Fact]
    public async Task ServiceAccount_OfABindingWithoutNamespace_IsTheBindingsOwn()
    {
        using var access = new AccessFixture();
        await access.MakeAsync("clusterroles", Trees.Role("one", "[{'apiGroups':[''],'resources':['secrets'],'resourceNames':['s'],'verbs':['get']}]"), Rbac);
        await access.MakeAsync("rolebindings", Trees.Binding("b", "one", "[{'kind':'ServiceAccount','name':'robot'}]", "a"), Rbac);
        var robot = AccessFixture.User("system:serviceaccount:a:robot");

        Assert.True(access.Authorizer.Authorize(AccessFixture.Attempt(robot, "get", "secrets", "a", "s")).Allowed);
        Assert.False(access.Authorizer.Authorize(AccessFixture.Attempt(robot, "get", "secrets", "a", "t")).Allowed);
        Assert.False(access.Authorizer.Authorize(AccessFixture.Attempt(robot, "list", "secrets", "a")).Allowed);
        Assert.False(access.Authorizer.Authorize(AccessFixture.Attempt(AccessFixture.User("system:serviceaccount:b:robot"), "get", "secrets", "a", "s")).Allowed);
    }

    [Fact]
    public async Task Binding_OfAMissingRole_SaysSo()
    {
        using var access = new AccessFixture();
        await access.MakeAsync("clusterrolebindings", Trees.Binding("b", "gone", "[{'kind':'Group','name':'devs'}]"), Rbac);

        var decision = access.Authorizer.Authorize(AccessFixture.Attempt(Jane, "get", "pods", "a"));

        Assert.Equal(new AccessDecision(false, false, "RBAC: clusterrole.rbac.authorization.k8s.io \"gone\" not found"), decision);
    }

    [Fact]
    public async Task Defaults_AtStart_GiveTheUsualPowers()
    {
        using var access = new AccessFixture();
        await access.StartAsync();
        var anonymous = UserInfo.Anonymous;
        await access.MakeAsync("rolebindings", Trees.Binding("b", "edit", "[{'kind':'User','name':'jane'}]", "a"), Rbac);

        Assert.True(access.Authorizer.Authorize(new AccessAttempt { User = anonymous, Verb = "get", Path = "/version" }).Allowed);
        Assert.False(access.Authorizer.Authorize(new AccessAttempt { User = anonymous, Verb = "get", Path = "/apis/apps" }).Allowed);
        Assert.True(access.Authorizer.Authorize(new AccessAttempt { User = Jane, Verb = "get", Path = "/apis/apps" }).Allowed);
        Assert.True(access.Authorizer.Authorize(AccessFixture.Attempt(Jane, "create", "selfsubjectaccessreviews", group: "authorization.k8s.io")).Allowed);
        Assert.True(access.Authorizer.Authorize(AccessFixture.Attempt(Jane, "create", "deployments", "a", "d", "apps")).Allowed);
        Assert.True(access.Authorizer.Authorize(AccessFixture.Attempt(Jane, "get", "pods", "a", "d", "", "log")).Allowed);
        Assert.False(access.Authorizer.Authorize(AccessFixture.Attempt(Jane, "create", "roles", "a", "r", Rbac)).Allowed);
        Assert.True(access.Authorizer.Authorize(AccessFixture.Attempt(AccessFixture.User("root", "system:masters"), "delete", "nodes")).Allowed);
        await access.StopAsync();
    }

    [Fact]
    public async Task SystemNamespace_Deleted_IsMadeAgainWithinAMinute()
    {
        using var access = new AccessFixture();
        await access.StartAsync();
        await access.Objects.DeleteAsync(RbacNames.Namespaces, "", "kube-node-lease", new DeleteOptions(), TestContext.Current.CancellationToken);

        await Eventually(() =>
        {
            access.Time.Advance(TimeSpan.FromMinutes(1));
            return access.Objects.Get(RbacNames.Namespaces, "", "kube-node-lease") is not null;
        });
        await access.StopAsync();
    }

    [Fact]
    public async Task Defaults_AfterARestart_AreGivenBackAndAdditionsStay()
    {
        using var access = new AccessFixture();
        await access.StartAsync();
        await access.StopAsync();
        var writes = access.Objects.Writes.Count;
        await access.Get<RoleReconciler>().ReconcileAsync(TestContext.Current.CancellationToken);
        Assert.Equal(writes, access.Objects.Writes.Count);

        await ChangeAsync(access, "system:basic-user", tree => tree["rules"] = Trees.Map("{'x':[{'apiGroups':['own'],'resources':['things'],'verbs':['get']}]}")["x"]);
        await ChangeAsync(access, "system:discovery", tree =>
        {
            tree.Map("metadata", "annotations")![RbacNames.AutoUpdate] = "false";
            tree["rules"] = new ListValue();
        });
        await access.Get<RoleReconciler>().ReconcileAsync(TestContext.Current.CancellationToken);

        var basic = PolicyRule.ReadAll(access.Objects.Get(RbacNames.ClusterRoles, "", "system:basic-user")!.Tree);
        Assert.Equal(["own"], basic[0].Groups);
        Assert.Equal(3, basic.Length);
        Assert.Empty(PolicyRule.ReadAll(access.Objects.Get(RbacNames.ClusterRoles, "", "system:discovery")!.Tree));
    }

    [Fact]
    public async Task Aggregation_OfALabelledRole_FollowsIt()
    {
        using var access = new AccessFixture();
        await access.StartAsync();

        await access.MakeAsync("clusterroles", Trees.Role("crontabs", "[{'apiGroups':['stable.example.com'],'resources':['crontabs'],'verbs':['get']}]", extra: ",'labels':{'rbac.authorization.k8s.io/aggregate-to-view':'true'}"), Rbac);

        // view is part of edit, and edit of admin.
        await Eventually(() => PolicyRule.ReadAll(access.Objects.Get(RbacNames.ClusterRoles, "", "admin")!.Tree).Any(static rule => rule.Groups.Contains("stable.example.com")));
        await access.Objects.DeleteAsync(RbacNames.ClusterRoles, "", "crontabs", new DeleteOptions(), TestContext.Current.CancellationToken);
        await Eventually(() => !PolicyRule.ReadAll(access.Objects.Get(RbacNames.ClusterRoles, "", "admin")!.Tree).Any(static rule => rule.Groups.Contains("stable.example.com")));
        await access.StopAsync();
    }

    [Fact]
    public async Task RulesFor_AUser_ListsWhatRolesGive()
    {
        using var access = new AccessFixture();
        await access.StartAsync();

        var rules = access.Authorizer.RulesFor(Jane, "default");

        Assert.Contains(rules.Resources, static rule => rule.Resources.Contains("selfsubjectrulesreviews") && rule.Verbs is ["create"]);
        Assert.Contains(rules.Paths, static rule => rule.Paths.Contains("/api/*"));
        Assert.False(rules.Incomplete);
        Assert.Contains(access.Authorizer.RulesFor(AccessFixture.User("root", "system:masters"), "").Resources, static rule => rule.Resources is ["*"]);
        await access.StopAsync();
    }

    [Fact]
    public async Task Authentication_IsPublishedForAggregatedServers()
    {
        using var access = new AccessFixture();
        await access.StartAsync();

        var data = access.Objects.Get(new("", "configmaps"), "kube-system", "extension-apiserver-authentication")!.Tree.Map("data")!;

        Assert.Equal(access.Get<IClusterCertificates>().FrontProxyAuthority, data.Text("requestheader-client-ca-file"));
        Assert.Equal("[\"front-proxy-client\"]", data.Text("requestheader-allowed-names"));
        await access.StopAsync();
    }

    private static Task ChangeAsync(AccessFixture access, string role, Action<MapValue> change) => access.Objects.ChangeAsync(RbacNames.ClusterRoles, "", role, tree =>
    {
        change(tree);
        return true;
    }, new WriteOptions(), TestContext.Current.CancellationToken);

    private static async Task Eventually(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            await Task.Delay(10, limit.Token);
        }
    }
}
