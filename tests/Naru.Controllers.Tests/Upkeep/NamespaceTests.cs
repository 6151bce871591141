using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Controllers.Tests.Upkeep;

public sealed class NamespaceTests
{
    private static StoredObject Account(UpkeepHarness harness, string space) => harness.Objects.Get(UpkeepResources.ServiceAccounts, space, "default")!;

    [Fact]
    public async Task Namespace_New_HasAccountAndRootCertificate()
    {
        await using var harness = await UpkeepHarness.StartAsync(null, "a");

        Assert.NotNull(Account(harness, "a"));
        Assert.Equal("the authority", harness.Objects.Get(UpkeepResources.ConfigMaps, "a", "kube-root-ca.crt")!.Tree.Text("data", "ca.crt"));
    }

    [Fact]
    public async Task Account_Deleted_ComesBack()
    {
        await using var harness = await UpkeepHarness.StartAsync(null, "a");
        var before = Account(harness, "a");

        await harness.DeleteAsync(before);
        await harness.BecomesAsync(() => Account(harness, "a") is { } after && after.Uid != before.Uid, "the account is there again");
    }

    [Fact]
    public async Task RootCertificate_Changed_IsRestored()
    {
        await using var harness = await UpkeepHarness.StartAsync(null, "a");
        var map = harness.Objects.Get(UpkeepResources.ConfigMaps, "a", "kube-root-ca.crt")!;

        await harness.ChangeAsync(map, static tree => tree["data"] = new MapValue { ["ca.crt"] = "another", ["more"] = "x" });
        await harness.BecomesAsync(() => harness.Tree(map).Text("data", "ca.crt") == "the authority" && harness.Tree(map).Map("data")!.Count == 1, "it is as it was");
    }

    [Fact]
    public async Task Namespace_Ending_LosesPodsFirstThenTheRestThenItself()
    {
        await using var harness = await UpkeepHarness.StartAsync();
        var space = await harness.CreateAsync(UpkeepResources.Namespaces, """{"metadata":{"name":"a","finalizers":["test/hold"]},"spec":{"finalizers":["kubernetes"]}}""");
        var map = await harness.CreateAsync(UpkeepResources.ConfigMaps, """{"metadata":{"name":"m","namespace":"a"}}""");
        var pod = await harness.CreateAsync(UpkeepResources.Pods, """{"metadata":{"name":"p","namespace":"a","finalizers":["test/pod"]}}""");
        await harness.SettleAsync();

        await harness.DeleteAsync(space);
        await harness.BecomesAsync(() => Condition(harness, space, "NamespaceContentRemaining") is not null, "the conditions are there");

        Assert.True(harness.Exists(map));
        Assert.Equal("Some resources are remaining: pods. has 1 resource instances", Condition(harness, space, "NamespaceContentRemaining")!.Text("message"));
        Assert.Equal("Some content in the namespace has finalizers remaining: test/pod in 1 resource instances", Condition(harness, space, "NamespaceFinalizersRemaining")!.Text("message"));

        await harness.ChangeAsync(pod, static tree => tree.Map("metadata")!.Remove("finalizers"));
        await harness.BecomesAsync(() => !harness.Exists(map) && harness.Tree(space).List("spec", "finalizers") is { Count: 0 }, "everything is gone and the namespace is let go");
        Assert.Null(Account(harness, "a"));
    }

    [Fact]
    public async Task Namespace_ContentThatCannotBeDeleted_IsToldAndTriedAgain()
    {
        await using var harness = await UpkeepHarness.StartAsync();
        var space = await harness.CreateAsync(UpkeepResources.Namespaces, """{"metadata":{"name":"a","finalizers":["test/hold"]},"spec":{"finalizers":["kubernetes"]}}""");
        var map = await harness.CreateAsync(UpkeepResources.ConfigMaps, """{"metadata":{"name":"m","namespace":"a"}}""");
        harness.Objects.Refuse = static (verb, resource, body, _) =>
            verb == "delete" && body?.Text("metadata", "name") == "m" ? new Core.Errors.NaruException(Core.Errors.ErrorKind.PermissionDenied, "not today") : null;

        await harness.DeleteAsync(space);
        await harness.BecomesAsync(() => Condition(harness, space, "NamespaceDeletionContentFailure")?.Text("status") == "True", "the failure is told");
        Assert.Equal("Failed to delete all resource types, 1 remaining: not today", Condition(harness, space, "NamespaceDeletionContentFailure")!.Text("message"));

        harness.Objects.Refuse = null;
        await harness.SettleAsync();
        await harness.AdvanceAsync(TimeSpan.FromSeconds(2));
        await harness.BecomesAsync(() => !harness.Exists(map), "it is deleted after all");
    }

    [Fact]
    public async Task Event_OlderThanAnHour_IsDeleted()
    {
        await using var harness = await UpkeepHarness.StartAsync(null, "default");
        var first = await harness.CreateAsync(UpkeepResources.Events, """{"metadata":{"name":"e1","namespace":"default"},"lastTimestamp":"2026-01-01T00:00:00Z"}""");
        var second = await harness.CreateAsync(UpkeepResources.Events, """{"metadata":{"name":"e2","namespace":"default"},"lastTimestamp":"2026-01-01T00:30:00Z"}""");

        await harness.AdvanceAsync(TimeSpan.FromMinutes(59));
        Assert.True(harness.Exists(first));
        await harness.AdvanceAsync(TimeSpan.FromMinutes(2));
        await harness.BecomesAsync(() => !harness.Exists(first), "the older event is gone");
        Assert.True(harness.Exists(second));
        await harness.AdvanceAsync(TimeSpan.FromMinutes(31));
        await harness.BecomesAsync(() => !harness.Exists(second), "the other one is gone too");
    }

    private static MapValue? Condition(UpkeepHarness harness, StoredObject space, string type) =>
        harness.Tree(space).Maps("status", "conditions").FirstOrDefault(one => one.Text("type") == type);
}
