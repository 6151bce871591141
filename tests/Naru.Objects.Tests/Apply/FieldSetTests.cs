using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using Naru.Objects.Apply;
using Naru.Objects.Json;
using Naru.Objects.Resources;
using Naru.Objects.Schemas;
using Naru.Objects.Values;
using static Naru.Objects.Tests.Apply.ManagedFieldsTests;

namespace Naru.Objects.Tests.Apply;

public sealed class FieldSetTests
{
    private static readonly ISchema Pod = BuiltInSchemas.Find(new GroupVersionKind("", "v1", "Pod"))!;

    [Fact]
    public void Apply_ByTwo_KeepsExactlyWhatEitherWants() => Prop.ForAll(
        Trees.Maps.ToArbitrary(),
        Trees.Maps.ToArbitrary(),
        Trees.Maps.ToArbitrary(),
        static (first, second, next) =>
        {
            var live = Run(Run(Run(null, "a", first), "b", second), "a", next);
            var fresh = Run(Run(null, "b", second), "a", next);
            return live["data"]!.DeepEquals(fresh["data"]);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Track_AnyUpdates_OwnersNeverOwnWhatIsNotThere() => Prop.ForAll(
        Trees.Maps.ToArbitrary(),
        Trees.Maps.ToArbitrary(),
        Trees.Maps.ToArbitrary(),
        static (first, second, third) =>
        {
            MapValue? live = null;
            foreach (var (data, writer) in ((MapValue, string)[])[(first, "a"), (second, "b"), (third, "a")])
            {
                var body = new MapValue { ["metadata"] = new MapValue { ["name"] = "n" }, ["data"] = data.CloneMap() };
                ManagedFields.Track(live, body, Request(writer));
                live = body;
            }

            return live!.Maps("metadata", "managedFields").All(entry => IsThere(entry.Map("fieldsV1")!, live!));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Track_BuiltInPod_OwnsWhatKubernetesSays()
    {
        var body = Body();
        ManagedFields.Track(null, body, Request("kubectl-run") with { Schema = Pod });
        Assert.Equal("""{"f:metadata":{"f:labels":{".":{},"f:run":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"web\"}":{".":{},"f:image":{},"f:name":{},"f:ports":{".":{},"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{}}},"f:resources":{}}},"f:restartPolicy":{},"f:tolerations":{}}}""", FieldsOf(body, "kubectl-run"));
    }

    [Fact]
    public void Track_ManyCreates_CostMicroseconds()
    {
        var bodies = Enumerable.Range(0, 4000).Select(static _ => Body()).ToArray();
        var request = Request("kubectl-run") with { Schema = Pod };
        ManagedFields.Track(null, Body(), request);
        var clock = Stopwatch.StartNew();
        foreach (var body in bodies)
        {
            ManagedFields.Track(null, body, request);
        }

        // A hundred times what it takes, so that a busy machine does not fail it and a quadratic cost does.
        Assert.InRange(clock.Elapsed.TotalMicroseconds / bodies.Length, 0, 500);
        TestContext.Current.SendDiagnosticMessage($"{clock.Elapsed.TotalMicroseconds / bodies.Length:F1} us");
    }

    private static MapValue Body() => (MapValue)JsonText.Parse("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","namespace":"default","labels":{"run":"web"}},"spec":{"containers":[{"image":"nginx","name":"web","ports":[{"containerPort":80}],"resources":{}}],"restartPolicy":"Always","tolerations":[{"key":"a"}]}}""");

    private static ApplyRequest Request(string manager) => new() { Schema = null, Manager = manager, ApiVersion = "v1", Time = At(0), Force = true };

    private static MapValue Run(MapValue? live, string manager, MapValue data) =>
        ServerSideApply.Apply(live, new MapValue { ["metadata"] = new MapValue { ["name"] = "n" }, ["data"] = data }, Request(manager)).Object;

    private static bool IsThere(MapValue set, Value value) => set.All(part => part.Key == "."
        || ((value as MapValue)?[part.Key[2..]] is { } field && IsThere((MapValue)part.Value, field)));
}
