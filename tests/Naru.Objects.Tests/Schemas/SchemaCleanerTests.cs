using Naru.Objects.Json;
using Naru.Objects.Kinds;
using Naru.Objects.Resources;
using Naru.Objects.Schemas;
using Naru.Objects.Values;

namespace Naru.Objects.Tests.Schemas;

public sealed class SchemaCleanerTests
{
    [Fact]
    public void Clean_UnknownFieldsAndNulls_Go()
    {
        var (body, unknown, errors) = Clean("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","creationTimestamp":null},"spec":{"containers":[{"name":"c","imagee":"x","resources":{"limits":{"cpu":1}}}],"foo":1}}""");

        Assert.Equal("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[{"name":"c","resources":{"limits":{"cpu":"1"}}}]}}""", JsonText.ToText(body));
        Assert.Equal(["spec.containers[0].imagee", "spec.foo"], unknown.Order());
        Assert.True(errors.IsEmpty);
    }

    [Theory]
    [InlineData("apps/v1", "StatefulSet", """{"volumeClaimTemplates":[{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"a"}}]}""", "")]
    [InlineData("apps/v1", "StatefulSet", """{"template":{"apiVersion":"v1","kind":"Pod","spec":{"containers":[]}}}""", "spec.template.apiVersion spec.template.kind")]
    [InlineData("batch/v1", "CronJob", """{"jobTemplate":{"kind":"Job","spec":{}}}""", "spec.jobTemplate.kind")]
    public void Clean_KindInsideAnother_SaysItsKindAndTemplatesDoNot(string version, string kind, string spec, string told)
    {
        var schema = BuiltInSchemas.Find(new GroupVersionKind(version.Split('/')[0], version.Split('/')[1], kind))!;
        var unknown = new List<string>();
        var errors = new FieldErrors();

        SchemaCleaner.Clean((MapValue)JsonText.Parse($$"""{"spec":{{spec}}}"""), schema, unknown, errors);

        Assert.Equal(told, string.Join(' ', unknown.Order()));
        Assert.True(errors.IsEmpty);
    }

    [Theory]
    [InlineData("""{"spec":{"containers":{}}}""", "spec.containers")]
    [InlineData("""{"spec":{"priority":"1"}}""", "spec.priority")]
    [InlineData("""{"spec":{"containers":[{"name":1}]}}""", "spec.containers[0].name")]
    [InlineData("""{"spec":{"hostNetwork":"yes"}}""", "spec.hostNetwork")]
    [InlineData("""{"metadata":{"labels":{"a":1}}}""", "metadata.labels.a")]
    [InlineData("""{"metadata":{"creationTimestamp":"yesterday"}}""", "metadata.creationTimestamp")]
    public void Clean_WrongTypes_AreTold(string json, string field)
    {
        var (_, _, errors) = Clean(json);

        Assert.Equal(field, Assert.Single(errors.Causes).Field);
    }

    [Fact]
    public void Fields_OfInlineMessages_AreTheParentsOwn()
    {
        var probe = BuiltInSchemas.FindDefinition("k8s.io.api.core.v1.Probe")!;

        Assert.NotNull(probe.Field("httpGet"));
        Assert.NotNull(probe.Field("periodSeconds"));
        Assert.Null(probe.Field("handler"));
    }

    [Fact]
    public void Traits_SayHowListsAreMerged()
    {
        var pod = BuiltInSchemas.FindDefinition("k8s.io.api.core.v1.PodSpec")!;
        var containers = pod.Field("containers")!;
        var ports = containers.Element!.Field("ports")!;

        Assert.Equal("name", containers.PatchMergeKey);
        Assert.Equal(["name"], containers.ListKeys);
        Assert.Equal(ListSemantics.Map, ports.ListType);
        Assert.Equal(["containerPort", "protocol"], ports.ListKeys);
        Assert.Equal("containerPort", ports.PatchMergeKey);
        Assert.Contains("containers", pod.Required);
    }

    [Fact]
    public void Find_EveryKindOfTheServer_HasAType()
    {
        foreach (var (group, version, kind) in new[] { ("apps", "v1", "Deployment"), ("batch", "v1", "CronJob"), ("rbac.authorization.k8s.io", "v1", "ClusterRole"), ("", "v1", "DeleteOptions"), ("policy", "v1", "Eviction"), ("apiextensions.k8s.io", "v1", "CustomResourceDefinition"), ("autoscaling", "v1", "Scale") })
        {
            Assert.NotNull(BuiltInSchemas.Find(new GroupVersionKind(group, version, kind)));
        }
    }

    private static (MapValue Body, List<string> Unknown, FieldErrors Errors) Clean(string json)
    {
        var body = (MapValue)JsonText.Parse(json);
        var unknown = new List<string>();
        var errors = new FieldErrors();
        SchemaCleaner.Clean(body, BuiltInSchemas.Find(new GroupVersionKind("", "v1", "Pod"))!, unknown, errors);
        return (body, unknown, errors);
    }
}
