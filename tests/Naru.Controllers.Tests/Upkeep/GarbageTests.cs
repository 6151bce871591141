using Naru.Controllers.Collection;
using Naru.Controllers.Runtime;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;
using Naru.Testing.Objects;

namespace Naru.Controllers.Tests.Upkeep;

public sealed class GarbageTests
{
    private static readonly GroupResource ReplicaSets = new("apps", "replicasets");
    private static readonly GroupResource Deployments = new("apps", "deployments");

    [Fact]
    public async Task Owner_DeletedInTheBackground_TakesDependentsOfDependentsAlong()
    {
        await using var harness = await UpkeepHarness.StartAsync();
        var (top, middle, leaf) = await ChainAsync(harness);

        await harness.DeleteAsync(top);
        await harness.BecomesAsync(() => !harness.Exists(middle) && !harness.Exists(leaf), "the dependents are gone");
    }

    [Fact]
    public async Task Owner_DeletedInTheForeground_GoesLast()
    {
        await using var harness = await UpkeepHarness.StartAsync();
        var (top, middle, leaf) = await ChainAsync(harness, leafFinalizer: "test/hold");

        await harness.DeleteAsync(top, DeletePropagation.Foreground);
        await harness.BecomesAsync(() => harness.Tree(leaf).Has("metadata") && harness.Tree(leaf).Text("metadata", "deletionTimestamp") is not null, "the leaf is being deleted");
        Assert.True(harness.Exists(top) && harness.Exists(middle));

        await harness.ChangeAsync(leaf, static tree => tree.Map("metadata")!.Remove("finalizers"));
        await harness.BecomesAsync(() => !harness.Exists(top) && !harness.Exists(middle), "the owners follow");
    }

    [Fact]
    public async Task Owner_DeletedInTheForeground_DoesNotWaitForThoseThatDoNotBlock()
    {
        await using var harness = await UpkeepHarness.StartAsync();
        var top = await MakeAsync(harness, Deployments, "top");
        var leaf = await MakeAsync(harness, UpkeepResources.Pods, "leaf", """["test/hold"]""", (top, "apps/v1", "Deployment", false));

        await harness.DeleteAsync(top, DeletePropagation.Foreground);
        await harness.BecomesAsync(() => !harness.Exists(top), "the owner is gone");
        await harness.BecomesAsync(() => harness.Tree(leaf).Text("metadata", "deletionTimestamp") is not null, "the dependent is deleted afterwards");
    }

    [Fact]
    public async Task Owner_Orphaning_LeavesDependentsWithoutIt()
    {
        await using var harness = await UpkeepHarness.StartAsync();
        var (top, middle, leaf) = await ChainAsync(harness);

        await harness.DeleteAsync(top, DeletePropagation.Orphan);
        await harness.BecomesAsync(() => !harness.Exists(top), "the owner is gone");
        await harness.SettleAsync();

        Assert.True(harness.Exists(middle) && harness.Exists(leaf));
        Assert.Null(harness.Tree(middle).At("metadata", "ownerReferences"));
    }

    [Fact]
    public async Task Dependent_OneOfTwoOwnersGone_StaysWithTheOther()
    {
        await using var harness = await UpkeepHarness.StartAsync();
        var (one, two) = (await MakeAsync(harness, Deployments, "one"), await MakeAsync(harness, Deployments, "two"));
        var leaf = await MakeAsync(harness, UpkeepResources.Pods, "leaf", "[]", (one, "apps/v1", "Deployment", true), (two, "apps/v1", "Deployment", true));

        await harness.DeleteAsync(one);
        await harness.BecomesAsync(() => harness.Tree(leaf).List("metadata", "ownerReferences")!.Count == 1, "the reference is gone");
        await harness.SettleAsync();

        Assert.Equal(two.Uid, harness.Tree(leaf).Maps("metadata", "ownerReferences").Single().Text("uid"));
        await harness.DeleteAsync(two);
        await harness.BecomesAsync(() => !harness.Exists(leaf), "nobody holds it");
    }

    [Fact]
    public async Task Dependent_OwnerOfTheNameHasAnotherIdentity_IsDeleted()
    {
        await using var harness = await UpkeepHarness.StartAsync();
        await MakeAsync(harness, Deployments, "top");
        var leaf = await harness.CreateAsync(UpkeepResources.Pods, """{"metadata":{"name":"leaf","namespace":"a","ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"top","uid":"other"}]}}""");

        await harness.BecomesAsync(() => !harness.Exists(leaf), "the owner that it means is no more");
    }

    [Fact]
    public async Task Dependent_OwnerOfUnknownKind_Stays()
    {
        await using var harness = await UpkeepHarness.StartAsync();
        var leaf = await harness.CreateAsync(UpkeepResources.Pods, """{"metadata":{"name":"leaf","namespace":"a","ownerReferences":[{"apiVersion":"x.y/v1","kind":"Thing","name":"top","uid":"other"}]}}""");

        await harness.SettleAsync();
        await harness.AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.True(harness.Exists(leaf));
    }

    [Fact]
    public async Task CustomResource_ServedLater_IsFollowedToo()
    {
        await using var harness = await UpkeepHarness.StartAsync();
        var things = new GroupResource("x.y", "things");
        harness.Catalogue.Add(FakeCatalogue.Row("x.y", "things", "Thing"));
        harness.Time.Advance(TimeSpan.FromSeconds(2));
        var top = await MakeAsync(harness, things, "top");
        var leaf = await MakeAsync(harness, things, "leaf", "[]", (top, "x.y/v1", "Thing", true));

        await harness.DeleteAsync(top);
        await harness.BecomesAsync(
            () =>
            {
                // Whether the collector's timer stands already when the clock is moved for the first time nobody can say.
                harness.Time.Advance(TimeSpan.FromSeconds(2));
                return !harness.Exists(leaf);
            },
            "the dependent is gone");
    }

    [Fact]
    public async Task Owner_DeletedWhileItsWatchIsCutOff_TakesItsDependentsAlong()
    {
        await using var harness = await UpkeepHarness.StartAsync();
        var (top, middle, leaf) = await ChainAsync(harness);
        await harness.SettleAsync();

        harness.Objects.ExpireWatches(Deployments);
        await harness.DeleteAsync(top);
        await harness.BecomesAsync(
            () =>
            {
                harness.Time.Advance(TimeSpan.FromSeconds(2));
                return !harness.Exists(middle) && !harness.Exists(leaf);
            },
            "the dependents are gone");
    }

    [Fact]
    public async Task Dependent_OfAnOwnerThatIsNotFollowedYet_IsLookedAtWhenItIs()
    {
        var objects = new MemoryObjects();
        var top = await objects.CreateAsync(Deployments, TreeJson.Parse("""{"metadata":{"name":"top","namespace":"a"}}"""), UpkeepHarness.Write, CancellationToken.None);
        var leaf = await objects.CreateAsync(
            UpkeepResources.Pods,
            TreeJson.Parse($$$"""{"metadata":{"name":"leaf","namespace":"a","ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"top","uid":"{{{top.Uid}}}"}]}}"""),
            UpkeepHarness.Write,
            CancellationToken.None);
        var followed = new FollowedResources();
        var collector = new GarbageCollector(objects, new FakeCatalogue(), followed);

        await collector.CollectAsync(ObjectPlace.KeyOf(leaf), new NoKeys(), CancellationToken.None);
        await objects.DeleteAsync(Deployments, "a", "top", new DeleteOptions(), CancellationToken.None);

        Assert.True(followed.AnyWaits);
        Assert.True(followed.TryBegin(Deployments, out var waited));
        Assert.Equal([ObjectPlace.KeyOf(leaf)], waited);
        Assert.False(followed.AnyWaits);

        await collector.CollectAsync(ObjectPlace.KeyOf(leaf), new NoKeys(), CancellationToken.None);
        Assert.Null(objects.Get(UpkeepResources.Pods, "a", "leaf"));
    }

    [Fact]
    public async Task Owners_ThatOwnEachOther_EndInTheForeground()
    {
        await using var harness = await UpkeepHarness.StartAsync();
        var one = await MakeAsync(harness, Deployments, "one");
        var two = await MakeAsync(harness, Deployments, "two", "[]", (one, "apps/v1", "Deployment", true));
        await harness.ChangeAsync(one, tree => tree.Map("metadata")!["ownerReferences"] = References((two, "apps/v1", "Deployment", true)));
        await harness.SettleAsync();

        await harness.DeleteAsync(one, DeletePropagation.Foreground);
        await harness.BecomesAsync(() => !harness.Exists(one) && !harness.Exists(two), "both are gone");
    }

    private static async Task<(StoredObject Top, StoredObject Middle, StoredObject Leaf)> ChainAsync(UpkeepHarness harness, string? leafFinalizer = null)
    {
        var top = await MakeAsync(harness, Deployments, "top");
        var middle = await MakeAsync(harness, ReplicaSets, "middle", "[]", (top, "apps/v1", "Deployment", true));
        var leaf = await MakeAsync(harness, UpkeepResources.Pods, "leaf", leafFinalizer is null ? "[]" : $"[\"{leafFinalizer}\"]", (middle, "apps/v1", "ReplicaSet", true));
        await harness.SettleAsync();
        return (top, middle, leaf);
    }

    private static async Task<StoredObject> MakeAsync(UpkeepHarness harness, GroupResource resource, string name, string finalizers = "[]", params (StoredObject Owner, string Version, string Kind, bool Blocks)[] owners)
    {
        var body = TreeJson.Parse($$$"""{"metadata":{"name":"{{{name}}}","namespace":"a"}}""");
        if (finalizers != "[]")
        {
            body.Map("metadata")!["finalizers"] = new ListValue([finalizers.Trim('[', ']', '"')]);
        }

        if (owners.Length > 0)
        {
            body.Map("metadata")!["ownerReferences"] = References(owners);
        }

        return await harness.Objects.CreateAsync(resource, body, UpkeepHarness.Write, CancellationToken.None);
    }

    private static ListValue References(params (StoredObject Owner, string Version, string Kind, bool Blocks)[] owners) => new(owners.Select(static one => new MapValue
    {
        ["apiVersion"] = one.Version,
        ["kind"] = one.Kind,
        ["name"] = one.Owner.Name,
        ["uid"] = one.Owner.Uid,
        ["blockOwnerDeletion"] = one.Blocks,
    }));

    private sealed class NoKeys : IKeys
    {
        public void Add(ObjectKey key) => Assert.Fail($"{key} has nothing to do with it");

        public void AddAfter(ObjectKey key, TimeSpan time) => Assert.Fail($"{key} has nothing to do with it");
    }
}
