using Naru.Cluster.Tests.Support;
using Naru.Core.Errors;
using Naru.Objects.Admission;
using Naru.Objects.Api;
using Naru.Objects.Json;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Cluster.Tests;

public sealed class CustomResourceTests
{
    private const string Definitions = "apiextensions.k8s.io/v1/customresourcedefinitions";
    private static readonly GroupResource DefinitionResource = new("apiextensions.k8s.io", "customresourcedefinitions");

    [Fact]
    public async Task Definition_New_IsEstablishedAndServed()
    {
        await using var cluster = await TestCluster.StartAsync();

        await DefineAsync(cluster, "widgets", "Widget");

        var definition = cluster.Objects.Get(DefinitionResource, "", "widgets.example.com")!.Tree;
        Assert.Equal("widgets", definition.Text("status", "acceptedNames", "plural"));
        Assert.Contains("customresourcecleanup.apiextensions.k8s.io", definition.List("metadata", "finalizers")!.Texts());
        var info = cluster.Catalogue.Find(new GroupVersionResource("example.com", "v1", "widgets"))!;
        Assert.Equal("Widget", info.Kind);
        Assert.Equal(["status", "scale"], info.Subresources.Select(one => one.Name));
    }

    [Fact]
    public async Task Definition_NameTakenByAnother_IsNotEstablished()
    {
        await using var cluster = await TestCluster.StartAsync();
        await DefineAsync(cluster, "widgets", "Widget");

        await cluster.CreateAsync(Definitions, "", Definition("wodgets", "Widget"));

        var condition = await ConditionAsync(cluster, "wodgets.example.com", "NamesAccepted");
        Assert.Equal("False", condition.Text("status"));
        Assert.Equal("ListKindConflict", condition.Text("reason"));
        Assert.Null(cluster.Catalogue.Find(new GroupVersionResource("example.com", "v1", "wodgets")));
    }

    [Fact]
    public async Task Object_OfOneVersion_IsReadAtTheOther()
    {
        await using var cluster = await TestCluster.StartAsync();
        await DefineAsync(cluster, "widgets", "Widget");

        var made = await cluster.CreateAsync("example.com/v2/widgets", "a", """{"apiVersion":"example.com/v2","kind":"Widget","metadata":{"name":"w"},"spec":{"replicas":2}}""");
        var read = await cluster.Api.GetAsync(cluster.Call("example.com/v1/widgets", "a"), "w", new ReadOptions(), default);

        Assert.Equal("example.com/v2", made.Tree.Text("apiVersion"));
        Assert.Equal("example.com/v1", read.Tree.Text("apiVersion"));
        Assert.Equal(1, read.Tree.Integer("metadata", "generation"));
    }

    [Fact]
    public async Task Object_StatusAndSpec_AreWrittenApart()
    {
        await using var cluster = await TestCluster.StartAsync();
        await DefineAsync(cluster, "widgets", "Widget");
        var made = await cluster.CreateAsync("example.com/v1/widgets", "a", """{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w"},"spec":{"replicas":2},"status":{"replicas":9}}""");
        Assert.False(made.Tree.Has("status"));

        var body = made.Tree.CloneMap();
        body["status"] = new MapValue { ["replicas"] = 1 };
        body.MakeMap("spec")["replicas"] = 7;
        var updated = await cluster.Api.UpdateAsync(cluster.Call("example.com/v1/widgets", "a", "status"), "w", body, default);

        Assert.Equal(2, updated.Tree.Integer("spec", "replicas"));
        Assert.Equal(1, updated.Tree.Integer("status", "replicas"));
        Assert.Equal(1, updated.Tree.Integer("metadata", "generation"));
    }

    [Fact]
    public async Task Object_Scale_ChangesReplicasAndGeneration()
    {
        await using var cluster = await TestCluster.StartAsync();
        await DefineAsync(cluster, "widgets", "Widget");
        await cluster.CreateAsync("example.com/v1/widgets", "a", """{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w"},"spec":{"replicas":2}}""");

        var scale = await cluster.Api.UpdateAsync(cluster.Call("example.com/v1/widgets", "a", "scale"), "w", TestCluster.Map("""{"kind":"Scale","apiVersion":"autoscaling/v1","metadata":{"name":"w"},"spec":{"replicas":5}}"""), default);

        var read = await cluster.Api.GetAsync(cluster.Call("example.com/v1/widgets", "a"), "w", new ReadOptions(), default);
        Assert.Equal(5, scale.Tree.Integer("spec", "replicas"));
        Assert.Equal(5, read.Tree.Integer("spec", "replicas"));
        Assert.Equal(2, read.Tree.Integer("metadata", "generation"));
    }

    [Fact]
    public async Task List_BySelectableField_FindsIt()
    {
        await using var cluster = await TestCluster.StartAsync();
        await DefineAsync(cluster, "widgets", "Widget");
        await cluster.CreateAsync("example.com/v1/widgets", "a", """{"metadata":{"name":"red"},"spec":{"color":"red"}}""");
        await cluster.CreateAsync("example.com/v1/widgets", "a", """{"metadata":{"name":"blue"},"spec":{"color":"blue"}}""");

        var list = await cluster.Api.ListAsync(cluster.Call("example.com/v1/widgets", "a"), new ListOptions { FieldSelector = "spec.color=blue" }, default);

        Assert.Equal("blue", Assert.Single(list.Items).Tree.Text("metadata", "name"));
    }

    [Fact]
    public async Task Definition_Deleted_TakesInstancesAlong()
    {
        await using var cluster = await TestCluster.StartAsync();
        await DefineAsync(cluster, "widgets", "Widget");
        await cluster.CreateAsync("example.com/v1/widgets", "a", """{"metadata":{"name":"w"}}""");

        await cluster.Api.DeleteAsync(cluster.Call(Definitions), "widgets.example.com", new DeleteOptions(), default);

        await foreach (var change in cluster.Objects.WatchAsync(DefinitionResource, Limit()))
        {
            if (cluster.Objects.Get(DefinitionResource, "", "widgets.example.com") is null || change.Kind == ChangeKind.Deleted)
            {
                break;
            }
        }

        Assert.Empty(cluster.Objects.List(new GroupResource("example.com", "widgets")));
    }

    [Fact]
    public async Task Definition_WhoseInstanceHasAFinalizer_Waits()
    {
        await using var cluster = await TestCluster.StartAsync();
        await DefineAsync(cluster, "widgets", "Widget");
        await cluster.CreateAsync("example.com/v1/widgets", "a", """{"metadata":{"name":"w","finalizers":["example.com/hold"]}}""");

        await cluster.Api.DeleteAsync(cluster.Call(Definitions), "widgets.example.com", new DeleteOptions(), default);
        var condition = await ConditionAsync(cluster, "widgets.example.com", "Terminating");
        var refused = await Assert.ThrowsAsync<NaruException>(async () =>
        {
            while (true)
            {
                await cluster.CreateAsync("example.com/v1/widgets", "a", """{"metadata":{"generateName":"x","finalizers":["example.com/hold"]}}""");
            }
        });

        Assert.Equal("True", condition.Text("status"));
        Assert.Equal(ErrorKind.NotImplemented, refused.Kind);
        Assert.NotNull(cluster.Objects.Get(new GroupResource("example.com", "widgets"), "a", "w"));
    }

    [Fact]
    public async Task Object_UnknownField_IsPrunedWithAWarningOrRefused()
    {
        await using var cluster = await TestCluster.StartAsync();
        await DefineAsync(cluster, "widgets", "Widget");
        var call = cluster.Call("example.com/v1/widgets", "a");

        var made = await cluster.Api.CreateAsync(call, "", TestCluster.Map("""{"metadata":{"name":"w"},"spec":{"replicas":1,"foo":2}}"""), default);
        var refused = await Assert.ThrowsAsync<NaruException>(() => cluster.Api.CreateAsync(call with { FieldValidation = FieldValidation.Strict }, "", TestCluster.Map("""{"metadata":{"name":"v"},"spec":{"foo":2}}"""), default));

        Assert.Null(made.Tree.At("spec", "foo"));
        Assert.Equal(["unknown field \"spec.foo\""], call.Warnings.Texts);
        Assert.Contains("strict decoding error: unknown field \"spec.foo\"", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Object_UnknownFieldOfAdmission_IsPruned()
    {
        await using var cluster = await TestCluster.StartAsync(admission: new Webhook());
        await DefineAsync(cluster, "widgets", "Widget");
        var call = cluster.Call("example.com/v1/widgets", "a");

        var made = await cluster.Api.CreateAsync(call, "", TestCluster.Map("""{"metadata":{"name":"w"},"spec":{}}"""), default);
        var changed = await cluster.Api.PatchAsync(call, "w", PatchKind.Merge, TestCluster.Map("""{"metadata":{"labels":{"a":"b"}}}"""), default);

        Assert.Equal((3, 3), (made.Tree.Integer("spec", "replicas"), changed.Tree.Integer("spec", "replicas")));
        Assert.Null(made.Tree.At("spec", "unknown"));
        Assert.Null(changed.Tree.At("spec", "unknown"));
    }

    [Fact]
    public async Task Object_UnknownMetadata_IsDroppedOrRefused()
    {
        await using var cluster = await TestCluster.StartAsync();
        await DefineAsync(cluster, "widgets", "Widget");
        var call = cluster.Call("example.com/v1/widgets", "a");

        var made = await cluster.Api.CreateAsync(call, "", TestCluster.Map("""{"metadata":{"name":"w","foo":"bar"}}"""), default);
        var refused = await Assert.ThrowsAsync<NaruException>(() => cluster.Api.CreateAsync(call with { FieldValidation = FieldValidation.Strict }, "", TestCluster.Map("""{"metadata":{"name":"v","foo":"bar"}}"""), default));

        Assert.Null(made.Tree.At("metadata", "foo"));
        Assert.Contains("strict decoding error: unknown field \"metadata.foo\"", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w"},"foo":1}""", ".foo: field not declared in schema")]
    [InlineData("""{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w","foo":"bar"},"spec":{"replicas":1}}""", ".metadata.foo: field not declared in schema")]
    public async Task Apply_UnknownField_IsRefused(string config, string reason)
    {
        await using var cluster = await TestCluster.StartAsync();
        await DefineAsync(cluster, "widgets", "Widget");
        var call = cluster.Call("example.com/v1/widgets", "a") with { FieldManager = "me" };

        var refused = await Assert.ThrowsAsync<NaruException>(() => cluster.Api.PatchAsync(call, "w", PatchKind.Apply, TestCluster.Map(config), default));

        Assert.Equal(ErrorKind.InvalidArgument, refused.Kind);
        Assert.Equal($"failed to create typed patch object (a/w; example.com/v1, Kind=Widget): {reason}", refused.Message);
    }

    [Fact]
    public async Task Object_OfWrongType_IsInvalid()
    {
        await using var cluster = await TestCluster.StartAsync();
        await DefineAsync(cluster, "widgets", "Widget");

        var refused = await Assert.ThrowsAsync<NaruException>(() => cluster.CreateAsync("example.com/v1/widgets", "a", """{"metadata":{"name":"w"},"spec":{"replicas":"many","color":"mauve"}}"""));

        Assert.Equal(ErrorKind.InvalidArgument, refused.Kind);
        Assert.Equal(["spec.color", "spec.replicas"], refused.Details!.Causes.Select(one => one.Field).Order());
    }

    [Fact]
    public async Task Object_MissingField_GetsTheDefault()
    {
        await using var cluster = await TestCluster.StartAsync();
        await DefineAsync(cluster, "widgets", "Widget");

        var made = await cluster.CreateAsync("example.com/v1/widgets", "a", """{"metadata":{"name":"w"},"spec":{}}""");

        Assert.Equal("red", made.Tree.Text("spec", "color"));
    }

    [Fact]
    public async Task Object_StoredBeforeADefault_IsReadWithIt()
    {
        await using var cluster = await TestCluster.StartAsync();
        await DefineAsync(cluster, "widgets", "Widget");
        await cluster.CreateAsync("example.com/v1/widgets", "a", """{"metadata":{"name":"w"},"spec":{}}""");
        var call = cluster.Call("example.com/v1/widgets", "a");

        await cluster.Api.PatchAsync(cluster.Call(Definitions), "widgets.example.com", PatchKind.Json, JsonText.Parse("""[{"op":"add","path":"/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/replicas/default","value":7}]"""), default);

        var limit = Limit();
        var read = await cluster.Api.GetAsync(call, "w", new ReadOptions(), default);
        while (read.Tree.At("spec", "replicas") is null)
        {
            limit.ThrowIfCancellationRequested();
            await Task.Yield();
            read = await cluster.Api.GetAsync(call, "w", new ReadOptions(), default);
        }

        Assert.Equal(7, read.Tree.Integer("spec", "replicas"));
        Assert.Equal(7, Assert.Single((await cluster.Api.ListAsync(call, new ListOptions(), default)).Items).Tree.Integer("spec", "replicas"));
        var written = await cluster.Api.UpdateAsync(call, "w", read.Tree.CloneMap(), default);
        Assert.Equal(7, cluster.Objects.Get(new GroupResource("example.com", "widgets"), "a", "w")!.Tree.Integer("spec", "replicas"));
        Assert.NotEqual(read.Tree.Text("metadata", "resourceVersion"), written.Tree.Text("metadata", "resourceVersion"));
    }

    [Fact]
    public async Task Definition_WithASchemaThatIsNotStructural_IsRefused()
    {
        await using var cluster = await TestCluster.StartAsync();

        var refused = await Assert.ThrowsAsync<NaruException>(() => cluster.CreateAsync(Definitions, "", Definition("widgets", "Widget").Replace("\"color\":{\"type\":\"string\"", "\"color\":{\"type\":\"strong\"", StringComparison.Ordinal)));

        Assert.Equal(ErrorKind.InvalidArgument, refused.Kind);
        Assert.All(refused.Details!.Causes, one => Assert.StartsWith("spec.versions[", one.Field, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"selectableFields\":[{\"jsonPath\":\".spec.nosuch\"}]", "spec.versions[0].selectableFields[0].jsonPath", "is an invalid path")]
    [InlineData("\"selectableFields\":[{\"jsonPath\":\".spec\"}]", "spec.versions[0].selectableFields[0].jsonPath", "must point to a field of type string, boolean or integer")]
    [InlineData("\"selectableFields\":[{\"jsonPath\":\".metadata.name\"}]", "spec.versions[0].selectableFields[0].jsonPath", "must not point to fields in metadata")]
    [InlineData("\"selectableFields\":[{\"jsonPath\":\".spec.color\"},{\"jsonPath\":\".spec.color\"}]", "spec.versions[0].selectableFields[1].jsonPath", "Duplicate value")]
    [InlineData("\"additionalPrinterColumns\":[{\"name\":\"X\",\"type\":\"string\",\"format\":\"zip\",\"jsonPath\":\".spec\"}]", "spec.versions[0].additionalPrinterColumns[0].format", "must be one of byte,date,")]
    public async Task Definition_WithWrongFields_IsRefused(string fields, string place, string why)
    {
        await using var cluster = await TestCluster.StartAsync();

        var refused = await Assert.ThrowsAsync<NaruException>(() => cluster.CreateAsync(Definitions, "", Definition("widgets", "Widget").Replace("\"selectableFields\":[{\"jsonPath\":\".spec.color\"}]", fields, StringComparison.Ordinal)));

        var cause = Assert.Single(refused.Details!.Causes);
        Assert.Equal(place, cause.Field);
        Assert.Contains(why, cause.Message, StringComparison.Ordinal);
    }

    private static CancellationToken Limit() => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    private static async Task DefineAsync(TestCluster cluster, string plural, string kind)
    {
        await cluster.CreateAsync(Definitions, "", Definition(plural, kind));
        await ConditionAsync(cluster, $"{plural}.example.com", "Established");
    }

    private static async Task<MapValue> ConditionAsync(TestCluster cluster, string name, string type)
    {
        await foreach (var change in cluster.Objects.WatchAsync(DefinitionResource, Limit()))
        {
            var found = change.Object?.Name == name ? change.Object.Tree.Maps("status", "conditions").FirstOrDefault(one => one.Text("type") == type) : null;
            if (found is not null)
            {
                return found;
            }
        }

        throw new InvalidOperationException("the watch ended");
    }

    private static string Definition(string plural, string kind) => """
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"PLURAL.example.com"},
         "spec":{"group":"example.com","scope":"Namespaced","names":{"plural":"PLURAL","singular":"SINGULAR","kind":"KIND","listKind":"KINDList"},
          "versions":[
           {"name":"v1","served":true,"storage":true,"subresources":{"status":{},"scale":{"specReplicasPath":".spec.replicas","statusReplicasPath":".status.replicas"}},"selectableFields":[{"jsonPath":".spec.color"}],
            "schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","properties":{"replicas":{"type":"integer"},"color":{"type":"string","enum":["red","blue"],"default":"red"}} },"status":{"type":"object","properties":{"replicas":{"type":"integer"} } } } } } },
           {"name":"v2","served":true,"storage":false,"subresources":{"status":{}},
            "schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","properties":{"replicas":{"type":"integer"},"color":{"type":"string"}} },"status":{"type":"object","properties":{"replicas":{"type":"integer"} } } } } } }]} }
        """.Replace("PLURAL", plural, StringComparison.Ordinal).Replace("SINGULAR", plural[..^1], StringComparison.Ordinal).Replace("KINDList", kind + "List", StringComparison.Ordinal).Replace("\"KIND\"", $"\"{kind}\"", StringComparison.Ordinal);

    /// <summary>Changes widgets as a webhook does: one field that their schema knows, one that it does not.</summary>
    private sealed class Webhook : IAdmission
    {
        public int Order => 800;

        public bool Handles(AdmissionRequest request) => request.Resource.Kind == "Widget";

        public ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken)
        {
            var spec = request.Object!.MakeMap("spec");
            (spec["replicas"], spec["unknown"]) = (3, "x");
            request.Unclean = true;
            return ValueTask.CompletedTask;
        }

        public ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public void Undo(AdmissionRequest request)
        {
        }
    }
}
