using Naru.Core.Errors;
using Naru.Dialects.Kubernetes.Answers;
using Naru.Dialects.Kubernetes.Requests;
using Naru.Dialects.Kubernetes.Server;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Tests;

public sealed class RequestTests
{
    [Fact]
    public void Status_OfAnExpiredList_SaysWhereToGoOn()
    {
        var status = StatusMap.ToStatus(new NaruException(ErrorKind.Expired, "too old") { Details = new FailureDetails { Continue = "next" } });

        Assert.Equal("next", status.Text("metadata", "continue"));
        Assert.Equal((410L, "Expired"), (status.Integer("code"), status.Text("reason")));
        Assert.Null(status.At("details"));
    }

    [Theory]
    [InlineData("GET", "/api/v1/namespaces/a/pods", "list", "", "pods", "a", "", "")]
    [InlineData("GET", "/api/v1/namespaces/a/pods/b", "get", "", "pods", "a", "b", "")]
    [InlineData("HEAD", "/api/v1/namespaces/a/pods/b", "get", "", "pods", "a", "b", "")]
    [InlineData("GET", "/api/v1/namespaces", "list", "", "namespaces", "", "", "")]
    [InlineData("GET", "/api/v1/namespaces/a", "get", "", "namespaces", "a", "a", "")]
    [InlineData("PUT", "/api/v1/namespaces/a/finalize", "update", "", "namespaces", "a", "a", "finalize")]
    [InlineData("PATCH", "/api/v1/namespaces/a/status", "patch", "", "namespaces", "a", "a", "status")]
    [InlineData("POST", "/api/v1/namespaces/a/pods/b/exec", "create", "", "pods", "a", "b", "exec")]
    [InlineData("DELETE", "/apis/apps/v1/namespaces/a/deployments", "deletecollection", "apps", "deployments", "a", "", "")]
    [InlineData("GET", "/api/v1/watch/namespaces/a/pods", "watch", "", "pods", "a", "", "")]
    [InlineData("GET", "/apis/storage.k8s.io/v1/storageclasses/x", "get", "storage.k8s.io", "storageclasses", "", "x", "")]
    public void Path_OfResource_IsRead(string method, string path, string verb, string group, string resource, string space, string name, string subresource)
    {
        var target = RequestPath.Read(method, path, static (_, _) => "", "");

        Assert.True(target.IsResource);
        Assert.Equal((verb, group, resource, space, name, subresource), (target.Verb, target.Group, target.Resource, target.Namespace, target.Name, target.Subresource));
    }

    [Theory]
    [InlineData("/api")]
    [InlineData("/api/v1")]
    [InlineData("/apis/apps/v1")]
    [InlineData("/version")]
    public void Path_OfNoResource_IsRead(string path)
    {
        var target = RequestPath.Read("GET", path, static (_, _) => "", "");

        Assert.False(target.IsResource);
        Assert.Equal(("get", path), (target.Verb, target.Path));
    }

    [Theory]
    [InlineData("32s", 32_000)]
    [InlineData("1m30s", 90_000)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("250ms", 250)]
    [InlineData("", null)]
    [InlineData("5", null)]
    [InlineData("x", null)]
    [InlineData("99999999999h", null)]
    public void Duration_IsRead(string text, int? milliseconds) =>
        Assert.Equal(milliseconds, (int?)DurationText.Parse(text)?.TotalMilliseconds);

    [Theory]
    [InlineData(".spec.a", """["x"]""")]
    [InlineData(".status.conditions[?(@.type==\"Ready\")].status", """["True"]""")]
    [InlineData(".status.conditions[?(@.type!=\"Ready\")].status", """["False"]""")]
    [InlineData(".status.conditions[*].type", """["Ready","Other"]""")]
    [InlineData(".status.conditions[-1].type", """["Other"]""")]
    [InlineData(".metadata.labels['a.b/c']", """["d"]""")]
    [InlineData(".metadata.labels.a\\.b/c", """["d"]""")]
    [InlineData("{.spec.none}", "[]")]
    [InlineData("[[[", "[]")]
    public void FieldPath_Finds(string path, string found)
    {
        var body = JsonText.Parse("""{"spec":{"a":"x"},"metadata":{"labels":{"a.b/c":"d"}},"status":{"conditions":[{"type":"Ready","status":"True"},{"type":"Other","status":"False"}]}}""");

        Assert.Equal(found, JsonText.ToText(new Naru.Objects.Values.ListValue(FieldPath.Parse(path).Find(body))));
    }

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(119, "119s")]
    [InlineData(125, "2m5s")]
    [InlineData(660, "11m")]
    [InlineData(3 * 3600 + 120, "3h2m")]
    [InlineData(47 * 3600, "47h")]
    [InlineData(50 * 3600, "2d2h")]
    [InlineData(400 * 86400, "400d")]
    [InlineData(800 * 86400, "2y70d")]
    public void Age_IsShort(int seconds, string text) => Assert.Equal(text, AgeText.Of(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData("""{"kind":"Pod","metadata":{"name":"a","x":[{"metadata":1}]},"spec":{}}""", """{"name":"a","x":[{"metadata":1}]}""")]
    [InlineData("""{"spec":{"metadata":{"no":1}}}""", "{}")]
    public void MetadataSlice_IsCutOut(string json, string metadata) =>
        Assert.Equal(metadata, System.Text.Encoding.UTF8.GetString(MetadataSlice.Find(System.Text.Encoding.UTF8.GetBytes(json)).Span));
}
