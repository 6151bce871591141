using Naru.Cluster.Tests.Support;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Cluster.Tests;

/// <summary>Rules in CEL of custom resources.</summary>
public sealed class SchemaRuleTests
{
    private const string Definitions = "apiextensions.k8s.io/v1/customresourcedefinitions";
    private const string Gadgets = "example.com/v1/gadgets";

    [Theory]
    [InlineData("""{"rule":"self.min <= self.max"}""", """{"min":1,"max":2}""", """{"min":3,"max":2}""", "spec", "Invalid value: \"object\": failed rule: self.min <= self.max")]
    [InlineData("""{"rule":"self.min > 0","message":"min must be positive","fieldPath":".min","reason":"FieldValueForbidden"}""", """{"min":1}""", """{"min":0}""", "spec.min", "Forbidden: min must be positive")]
    [InlineData("""{"rule":"self.min > 0","messageExpression":"'got ' + string(self.min)"}""", """{"min":1}""", """{"min":-4}""", "spec", "Invalid value: \"object\": got -4")]
    [InlineData("""{"rule":"!has(self.when) || self.when.getFullYear() > 2000"}""", """{"when":"2020-01-01T00:00:00Z"}""", """{"when":"1990-01-01T00:00:00Z"}""", "spec", "failed rule")]
    [InlineData("""{"rule":"self.items.all(i, i.name.startsWith('a'))"}""", """{"items":[{"name":"ab"}]}""", """{"items":[{"name":"b"}]}""", "spec", "failed rule")]
    [InlineData("""{"rule":"self.x__dash__y == 'z'"}""", """{"x-y":"z"}""", """{"x-y":"q"}""", "spec", "failed rule")]
    [InlineData("""{"rule":"self.port == 80 || self.port == 'http'"}""", """{"port":"http"}""", """{"port":"x"}""", "spec", "failed rule")]
    [InlineData("""{"rule":"10 / self.min > 0"}""", """{"min":1}""", """{"min":0}""", "spec", "division by zero evaluating rule: 10 / self.min > 0")]
    [InlineData("""{"rule":"self.labels.all(k, self.labels[k] != '')"}""", """{"labels":{"a":"b"}}""", """{"labels":{"a":""}}""", "spec", "failed rule")]
    [InlineData("""{"rule":"quantity(self.size).isLessThan(quantity('2Gi'))"}""", """{"size":"1Gi"}""", """{"size":"3Gi"}""", "spec", "failed rule")]
    public async Task Rule_Broken_RefusesTheObject(string rule, string good, string bad, string field, string message)
    {
        await using var cluster = await StartAsync(rule);

        await CreateAsync(cluster, "good", good);
        var refused = await Assert.ThrowsAsync<NaruException>(() => CreateAsync(cluster, "bad", bad));

        var cause = Assert.Single(refused.Details!.Causes);
        Assert.Equal(field, cause.Field);
        Assert.Contains(message, cause.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorKind.InvalidArgument, refused.Kind);
    }

    [Fact]
    public async Task Transition_OnlyUpwards_IsJudgedOnUpdates()
    {
        await using var cluster = await StartAsync("""{"rule":"self.min >= oldSelf.min","message":"min must not shrink"}""");
        var made = await CreateAsync(cluster, "g", """{"min":5}""");

        var body = made.Tree.CloneMap();
        body["spec"] = TestCluster.Map("""{"min":6}""");
        var updated = await cluster.Api.UpdateAsync(cluster.Call(Gadgets, "a"), "g", body, default);
        body = updated.Tree.CloneMap();
        body["spec"] = TestCluster.Map("""{"min":2}""");
        var refused = await Assert.ThrowsAsync<NaruException>(() => cluster.Api.UpdateAsync(cluster.Call(Gadgets, "a"), "g", body, default));

        Assert.Contains("min must not shrink", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Transition_WithOptionalOldSelf_IsJudgedOnCreation()
    {
        await using var cluster = await StartAsync("""{"rule":"oldSelf.hasValue() ? self.min == oldSelf.value().min : self.min == 1","optionalOldSelf":true}""");

        await CreateAsync(cluster, "g", """{"min":1}""");
        await Assert.ThrowsAsync<NaruException>(() => CreateAsync(cluster, "h", """{"min":2}"""));
    }

    [Fact]
    public async Task Entry_OfAListWithKeys_IsComparedWithItsFormerSelf()
    {
        await using var cluster = await StartAsync("""{"rule":"true"}""", """{"rule":"self.value >= oldSelf.value"}""");
        var made = await CreateAsync(cluster, "g", """{"items":[{"name":"a","value":1},{"name":"b","value":9}]}""");

        var body = made.Tree.CloneMap();
        body["spec"] = TestCluster.Map("""{"items":[{"name":"b","value":9},{"name":"c","value":0},{"name":"a","value":0}]}""");
        var refused = await Assert.ThrowsAsync<NaruException>(() => cluster.Api.UpdateAsync(cluster.Call(Gadgets, "a"), "g", body, default));

        Assert.Equal(["spec.items[2]"], refused.Details!.Causes.Select(static cause => cause.Field));
    }

    [Theory]
    [InlineData("""{"rule":"self.z > 1"}""", "undefined field 'z'")]
    [InlineData("""{"rule":"self.min +"}""", "Syntax error")]
    [InlineData("""{"rule":"self.min"}""", "cel expression must evaluate to a bool")]
    [InlineData("""{"rule":"self.min == 'a'"}""", "found no matching overload for '_==_' applied to '(int, string)'")]
    [InlineData("""{"rule":""}""", "rule is not specified")]
    [InlineData("""{"rule":"true","messageExpression":"1"}""", "messageExpression must evaluate to a string")]
    [InlineData("""{"rule":"true","reason":"Odd"}""", "Unsupported value: \"Odd\"")]
    [InlineData("""{"rule":"true","fieldPath":".nothing"}""", "fieldPath must be a valid path")]
    [InlineData("""{"rule":"self.tags.all(a, self.tags.all(b, self.tags.all(c, a + b == c)))"}""", "estimated rule cost exceeds budget by factor of more than 100x")]
    [InlineData("""{"rule":"self.tags == oldSelf.tags"}""", null)]
    public async Task Definition_WithABadRule_IsRefused(string rule, string? message)
    {
        await using var cluster = await TestCluster.StartAsync();

        var written = cluster.CreateAsync(Definitions, "", Definition(rule, ""));

        if (message is null)
        {
            await written;
            return;
        }

        var refused = await Assert.ThrowsAsync<NaruException>(() => written);
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
        Assert.Contains("spec.versions[0].schema.openAPIV3Schema.properties[spec].x-kubernetes-validations[0]", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rule_ThatNeverEnds_IsStopped()
    {
        await using var cluster = await StartAsync("""{"rule":"self.few.all(a, self.few.all(b, self.few.all(c, a + b + c >= 0)))"}""");
        var many = string.Join(',', Enumerable.Range(0, 150));

        var refused = await Assert.ThrowsAsync<NaruException>(() => CreateAsync(cluster, "g", $"{{\"few\":[{many}]}}"));

        Assert.Contains("no further validation rules will be run due to call cost exceeds limit for rule", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<TestCluster> StartAsync(string rule, string itemRule = "")
    {
        var cluster = await TestCluster.StartAsync();
        await cluster.CreateAsync(Definitions, "", Definition(rule, itemRule));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await foreach (var change in cluster.Objects.WatchAsync(new GroupResource("apiextensions.k8s.io", "customresourcedefinitions"), limit.Token))
        {
            if (change.Object?.Tree.Maps("status", "conditions").Any(static one => one.Text("type") == "Established" && one.Text("status") == "True") == true)
            {
                break;
            }
        }

        return cluster;
    }

    private static Task<ApiObject> CreateAsync(TestCluster cluster, string name, string spec) =>
        cluster.CreateAsync(Gadgets, "a", $$"""{"apiVersion":"example.com/v1","kind":"Gadget","metadata":{"name":"{{name}}"},"spec":{{spec}}}""");

    private static string Definition(string rule, string itemRule) => """
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"gadgets.example.com"},
        "spec":{"group":"example.com","scope":"Namespaced","names":{"plural":"gadgets","singular":"gadget","kind":"Gadget","listKind":"GadgetList"},
        "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","x-kubernetes-validations":[ONRULE],"properties":{
          "min":{"type":"integer"},"max":{"type":"integer"},"when":{"type":"string","format":"date-time"},"x-y":{"type":"string"},"port":{"x-kubernetes-int-or-string":true},"size":{"type":"string","maxLength":20},
          "labels":{"type":"object","additionalProperties":{"type":"string"}},"tags":{"type":"array","items":{"type":"string"}},"few":{"type":"array","maxItems":200,"items":{"type":"integer"}},
          "items":{"type":"array","maxItems":10,"x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["name"],"items":{"type":"object","required":["name"],"x-kubernetes-validations":[INRULE],"properties":{"name":{"type":"string","maxLength":50},"value":{"type":"integer"}}}}
        }}}}}}]}}
        """.Replace("ONRULE", rule, StringComparison.Ordinal).Replace("INRULE", itemRule, StringComparison.Ordinal);
}
