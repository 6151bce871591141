using FsCheck;
using FsCheck.Fluent;
using Naru.Core.Errors;
using Naru.Objects.Apply;
using Naru.Objects.Json;
using Naru.Objects.Values;
using static Naru.Objects.Tests.Apply.ManagedFieldsTests;

namespace Naru.Objects.Tests.Apply;

public sealed class ServerSideApplyTests
{
    private static readonly FakeSchema Workload = FakeSchema.Workload();

    private static ApplyResult Apply(MapValue? live, string config, string manager = "a", bool force = false, int minute = 0) => ServerSideApply.Apply(live, Tree(config), new ApplyRequest
    {
        Schema = Workload, Manager = manager, ApiVersion = "apps/v1", Time = At(minute), Force = force,
    });

    private static MapValue Update(MapValue? old, MapValue body, string manager = "kubectl-client-side-apply")
    {
        ManagedFields.Track(old, body, new ManagerRequest { Schema = Workload, Manager = manager, ApiVersion = "apps/v1", Time = At(0) });
        return body;
    }

    private static string Spec(MapValue body) => JsonText.ToText(body["spec"]!);

    [Fact]
    public void Apply_New_OwnsWhatItNames()
    {
        var result = Apply(null, """{"apiVersion":"apps/v1","kind":"W","metadata":{"name":"w","labels":{"a":"b"}},"spec":{"selector":{"matchLabels":{"x":"y"}},"containers":[{"name":"c","ports":[{"containerPort":80}]}]}}""");
        Assert.True(result.Changed);
        Assert.Equal("""{"f:metadata":{"f:labels":{"f:a":{}}},"f:spec":{"f:selector":{},"f:containers":{"k:{\"name\":\"c\"}":{"f:name":{},"f:ports":{"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{"f:containerPort":{},".":{}}},".":{}}}}}""", FieldsOf(result.Object, "a", "Apply"));
    }

    [Fact]
    public void Apply_Again_ChangesNothing()
    {
        var first = Apply(null, """{"metadata":{"name":"w"},"spec":{"replicas":1}}""").Object;
        var again = Apply(first, """{"metadata":{"name":"w"},"spec":{"replicas":1}}""", minute: 9);
        Assert.False(again.Changed);
        Assert.True(again.Object.DeepEquals(first));
    }

    [Fact]
    public void Apply_FieldOfAnother_Conflicts()
    {
        var live = Update(null, Tree("""{"metadata":{"name":"w"},"spec":{"replicas":1}}"""));
        var failure = Assert.Throws<NaruException>(() => Apply(live, """{"metadata":{"name":"w"},"spec":{"replicas":2}}"""));
        Assert.Equal((ErrorKind.Conflict, "Apply failed with 1 conflict: conflict with \"kubectl-client-side-apply\" using apps/v1: .spec.replicas"), (failure.Kind, failure.Message));
        Assert.Equal(new FailureCause("FieldManagerConflict", "conflict with \"kubectl-client-side-apply\" using apps/v1", ".spec.replicas"), Assert.Single(failure.Details!.Causes));

        var forced = Apply(live, """{"metadata":{"name":"w"},"spec":{"replicas":2}}""", force: true).Object;
        Assert.Equal(("""{"replicas":2}""", "a"), (Spec(forced), Assert.Single(Managers(forced))));
    }

    [Fact]
    public void Apply_SeveralConflicts_AreListed()
    {
        var live = Apply(null, """{"spec":{"replicas":1,"containers":[{"name":"c","image":"x"}]}}""", "b").Object;
        var failure = Assert.Throws<NaruException>(() => Apply(live, """{"spec":{"replicas":2,"containers":[{"name":"c","image":"y"}]}}"""));
        Assert.Equal("Apply failed with 2 conflicts: conflicts with \"b\":\n- .spec.containers[name=\"c\"].image\n- .spec.replicas", failure.Message);
    }

    [Fact]
    public void Apply_SameValue_IsShared()
    {
        var live = Apply(null, """{"spec":{"replicas":1,"paused":true}}""", "b").Object;
        var both = Apply(live, """{"spec":{"replicas":1}}""").Object;
        Assert.Equal(["a", "b"], Managers(both).Order());
        var without = Apply(both, """{"spec":{"paused":true}}""", "b").Object;
        Assert.Equal("""{"replicas":1,"paused":true}""", Spec(without));
        Assert.Equal("""{"paused":true}""", Spec(Apply(without, """{"metadata":{"name":"w"}}""").Object));
    }

    [Fact]
    public void Apply_NoLongerNamed_GoesWithItsDefaults()
    {
        var live = Apply(null, """{"metadata":{"name":"w","labels":{"a":"1","b":"2"}},"spec":{"strategy":{"type":"x"},"containers":[{"name":"c"},{"name":"d"}]}}""").Object;
        live.Map("spec", "strategy")!["rollingUpdate"] = new MapValue { ["maxSurge"] = 1 };
        ((MapValue)live.List("spec", "containers")![1])["image"] = "defaulted";
        var next = Apply(live, """{"metadata":{"name":"w","labels":{"b":"2"}},"spec":{"containers":[{"name":"c"}]}}""").Object;
        Assert.Equal("""{"containers":[{"name":"c"}]}""", Spec(next));
        Assert.Equal("""{"b":"2"}""", JsonText.ToText(next.At("metadata", "labels")!));
        var bare = Apply(next, """{"metadata":{"name":"w"}}""").Object;
        Assert.Equal("""{"metadata":{"name":"w"}}""", JsonText.ToText(bare));
    }

    [Fact]
    public void Apply_ContainerOfOthers_Stays()
    {
        var live = Apply(null, """{"spec":{"containers":[{"name":"c"}]}}""", "b").Object;
        var next = Apply(live, """{"spec":{"containers":[{"name":"d"}]}}""").Object;
        Assert.Equal("""{"containers":[{"name":"c"},{"name":"d"}]}""", Spec(next));
        Assert.Equal("""{"containers":[{"name":"d"}]}""", Spec(Apply(next, """{"metadata":{}}""", "b").Object));
    }

    [Fact]
    public void Apply_AtomicAndSets_AreKept()
    {
        var live = Update(null, Tree("""{"metadata":{"finalizers":["x"]},"spec":{"selector":{"matchLabels":{"a":"1"}}}}"""), "other");
        var next = Apply(live, """{"metadata":{"finalizers":["y"]},"spec":{"selector":{"matchLabels":{"b":"2"}}}}""", force: true).Object;
        Assert.Equal("""{"selector":{"matchLabels":{"b":"2"}}}""", Spec(next));
        Assert.Equal("""["x","y"]""", JsonText.ToText(next.At("metadata", "finalizers")!));
    }

    [Fact]
    public void Apply_ObjectWithoutManagers_WasThereBefore()
    {
        var failure = Assert.Throws<NaruException>(() => Apply(Tree("""{"spec":{"replicas":1}}"""), """{"spec":{"replicas":2}}"""));
        Assert.Contains("conflict with \"before-first-apply\" using apps/v1: .spec.replicas", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_ByKubectlAfterItsClientSide_TakesOver()
    {
        var live = Update(null, Tree("""{"metadata":{"name":"w","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"spec\":{\"replicas\":1}}"}},"spec":{"replicas":1}}"""));
        Assert.Equal("""{"replicas":2}""", Spec(Apply(live, """{"spec":{"replicas":2}}""", "kubectl").Object));
        Assert.Throws<NaruException>(() => Apply(live, """{"spec":{"replicas":2}}""", "else"));
    }

    [Theory]
    [InlineData("""{"spec":{"containers":[{"name":"c"},{"name":"c"}]}}""", ".spec.containers: duplicate entries for key [name=\"c\"]")]
    [InlineData("""{"spec":{"containers":[{"image":"c"}]}}""", ".spec.containers: element 0: associative list with keys has an element that omits key field \"name\" (and doesn't have default value)")]
    [InlineData("""{"spec":{"containers":["c"]}}""", ".spec.containers: element 0: associative list with keys has an element that omits key field \"name\" (and doesn't have default value)")]
    [InlineData("""{"metadata":{"managedFields":[{}]}}""", "metadata.managedFields must be nil")]
    [InlineData("""{"metadata":{"finalizers":["x","x"]}}""", ".metadata.finalizers: duplicate entries for key [=\"x\"]")]
    public void Apply_BadConfiguration_IsRefused(string config, string message) =>
        Assert.Equal(message, Assert.Throws<NaruException>(() => Apply(null, config)).Message);

    [Fact]
    public void Apply_KeysOfAClientsMaking_DoNotBreakConflicts()
    {
        var live = Tree("""{"metadata":{"managedFields":[{"manager":"x","operation":"Update","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:spec":{"f:replicas":{"k:{broken":{},".":{}}}}}]},"spec":{"replicas":1}}""");
        Assert.Equal(ErrorKind.Conflict, Assert.Throws<NaruException>(() => Apply(live, """{"spec":{"replicas":2}}""")).Kind);
    }

    [Fact]
    public void Apply_AnyTwoConfigurations_LeaveOnlyTheSecond() => Prop.ForAll(
        Trees.Maps.ToArbitrary(),
        Trees.Maps.ToArbitrary(),
        static (first, second) =>
        {
            var request = new ApplyRequest { Schema = null, Manager = "a", ApiVersion = "v1", Time = At(0) };
            MapValue Wrap(MapValue data) => new() { ["metadata"] = new MapValue { ["name"] = "n" }, ["data"] = data };
            var live = ServerSideApply.Apply(null, Wrap(first), request).Object;
            var before = live.CloneMap();
            var result = ServerSideApply.Apply(live, Wrap(second), request).Object;
            return result["data"]!.DeepEquals(second) && live.DeepEquals(before);
        }).QuickCheckThrowOnFailure();
}
