using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Naru.Admission.Tests;
using Naru.Objects.Values;
using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Kubernetes;

/// <summary>Versions of a custom resource between which a real webhook converts, over HTTPS: <c>hostPort: "a:1"</c> in v1 is <c>host: a, port: "1"</c> in v2.</summary>
public sealed class ConversionTests(Cluster cluster)
{
    [Fact]
    public async Task Versions_WhicheverIsStored_AreReadWrittenListedAndWatchedInEach()
    {
        await using var space = await cluster.SpaceAsync();
        await using var server = await WebhookServer.StartAsync();
        server.Answer = Convert;
        var group = await DefineAsync(space, $"url: \"https://127.0.0.1:{server.Port}/convert\"", server.CaBundle);
        using var first = await WatchAsync(space, group, "v1");
        using var second = await WatchAsync(space, group, "v2");

        await space.FeedOkAsync("create", One(group, "v1", "old", "hostPort: \"a:1\""));
        await space.FeedOkAsync("create", One(group, "v2", "new", "host: b, port: \"2\""));
        Assert.Equal("a 1", await space.PathAsync($"pairs.v2.{group}/old", "{.host} {.port}"));
        Assert.Equal("b:2", await space.PathAsync($"pairs.v1.{group}/new", "{.hostPort}"));

        await cluster.OkAsync($"patch crd pairs.{group} --type=json -p [{{\"op\":\"replace\",\"path\":\"/spec/versions/0/storage\",\"value\":false}},{{\"op\":\"replace\",\"path\":\"/spec/versions/1/storage\",\"value\":true}}]");
        await Eventually.BecomesAsync(async () => await cluster.OkAsync($"get crd pairs.{group} -o jsonpath={{.status.storedVersions}}") == """["v1","v2"]""", "both versions may be stored");
        await space.FeedOkAsync("create", One(group, "v1", "third", "hostPort: \"c:3\""));
        lock (server.Asked)
        {
            server.Asked.Clear();
        }

        // What is stored as v1 and what as v2 stand beside each other.
        Assert.Equal("new:b:2 old:a:1 third:c:3 ", await space.OkAsync($"get pairs.v1.{group}", "-o", "jsonpath={range .items[*]}{.metadata.name}:{.hostPort} {end}"));
        Assert.Equal("new:b:2 old:a:1 third:c:3 ", await space.OkAsync($"get pairs.v2.{group}", "-o", "jsonpath={range .items[*]}{.metadata.name}:{.host}:{.port} {end}"));
        Assert.Equal([2, 1], [.. AskedWith(server).TakeLast(2).Order().Reverse()]);
        Assert.Equal(["old a:1", "new b:2", "third c:3"], await SeenAsync(first, 3));
        Assert.Equal(["old a 1", "new b 2", "third c 3"], await SeenAsync(second, 3));

        await space.OkAsync($"patch pairs.v1.{group} third --type=merge -p", """{"hostPort":"d:4"}""");
        await space.OkAsync($"scale pairs.v2.{group} third --replicas=7");
        await space.OkAsync($"patch pairs.v1.{group} third --subresource=status --type=merge -p", """{"status":{"replicas":6}}""");
        Assert.Equal("d 4 7 6", await space.PathAsync($"pairs.v2.{group}/third", "{.host} {.port} {.spec.replicas} {.status.replicas}"));
        Assert.Equal("d:4 7 6", await space.PathAsync($"pairs.v1.{group}/third", "{.hostPort} {.spec.replicas} {.status.replicas}"));
        await cluster.OkAsync($"delete crd pairs.{group} --timeout=60s");
    }

    [Fact]
    public async Task Webhook_OfAService_IsReachedUnderTheServicesName()
    {
        await using var space = await cluster.SpaceAsync();
        await using var server = await WebhookServer.StartAsync($"hook.{space.Name}.svc");
        server.Answer = Convert;
        await space.FeedOkAsync("create", $$"""
            apiVersion: v1
            kind: Service
            metadata: {name: hook}
            spec: {type: ExternalName, externalName: localhost}
            """);
        var group = await DefineAsync(space, $$"""service: {name: hook, namespace: {{space.Name}}, path: /there, port: {{server.Port}}}""", server.CaBundle);

        await space.FeedOkAsync("create", One(group, "v2", "one", "host: b, port: \"2\""));

        Assert.Equal("b:2", await space.PathAsync($"pairs.v1.{group}/one", "{.hostPort}"));
        Assert.All(server.Asked, static asked => Assert.Equal("/there", asked.Path));
        await cluster.OkAsync($"delete crd pairs.{group} --timeout=60s");
    }

    [Fact]
    public async Task Policy_ThatNamesAnotherVersion_SeesTheObjectConverted()
    {
        await using var space = await cluster.SpaceAsync();
        await using var server = await WebhookServer.StartAsync();
        server.Answer = Convert;
        var group = await DefineAsync(space, $"url: \"https://127.0.0.1:{server.Port}/convert\"", server.CaBundle);
        await space.FeedOkAsync("create", $$"""
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicy
            metadata: {name: {{group}} }
            spec:
              matchConstraints: {resourceRules: [{apiGroups: [{{group}}], apiVersions: [v2], operations: [CREATE], resources: [pairs]}]}
              validations: [{expression: "object.host != 'bad'", message: no bad hosts}]
            ---
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicyBinding
            metadata: {name: {{group}} }
            spec: {policyName: {{group}}, validationActions: [Deny]}
            """);
        try
        {
            await Eventually.BecomesAsync(async () => (await space.FeedAsync("create --dry-run=server", One(group, "v1", "one", "hostPort: \"bad:1\""))).Error.Contains("no bad hosts", StringComparison.Ordinal), "the policy is in force");
            await space.FeedOkAsync("create", One(group, "v1", "one", "hostPort: \"good:1\""));
        }
        finally
        {
            await cluster.OkAsync($"delete validatingadmissionpolicybinding,validatingadmissionpolicy {group}");
        }

        await cluster.OkAsync($"delete crd pairs.{group} --timeout=60s");
    }

    [Fact]
    public async Task Webhook_ThatFailsOrLies_IsNotBelieved()
    {
        await using var space = await cluster.SpaceAsync();
        await using var server = await WebhookServer.StartAsync();
        var group = await DefineAsync(space, $"url: \"https://127.0.0.1:{server.Port}/convert\"", server.CaBundle);
        await space.FeedOkAsync("create", One(group, "v1", "one", "hostPort: \"a:1\""));
        foreach (var (words, answer) in Lies())
        {
            server.Answer = answer;
            await space.FailsAsync($"conversion webhook for {group}/v1, Kind=Pair {words}", $"get pairs.v2.{group} one");
            await space.FailsAsync($"conversion webhook for {group}/v1, Kind=Pair {words}", $"get pairs.v2.{group}");
            Assert.Equal("a:1", await space.PathAsync($"pairs.v1.{group}/one", "{.hostPort}"));
        }

        server.Raw = (503, "not now");
        await space.FailsAsync("an error on the server (\"not now\") has prevented the request from succeeding", $"get pairs.v2.{group} one");
        server.Raw = (200, "{\"");
        await space.FailsAsync($"conversion webhook for {group}/v1, Kind=Pair failed", $"get pairs.v2.{group} one");
        server.Raw = null;
        server.Hangs = true;
        using var late = await cluster.Http.GetAsync($"/apis/{group}/v2/namespaces/{space.Name}/pairs/one?timeout=1s");
        Assert.Equal(HttpStatusCode.GatewayTimeout, late.StatusCode);
        server.Hangs = false;
        server.Answer = (_, request) => Changed(Convert("", request), one => one.MakeMap("metadata")["labels"] = new MapValue { ["seen"] = "yes" }, one => one.MakeMap("metadata")["finalizers"] = new ListValue([new TextValue("x.example.com/y")]));
        Assert.Equal("a yes ", await space.PathAsync($"pairs.v2.{group}/one", "{.host} {.metadata.labels.seen} {.metadata.finalizers}"));
        await cluster.OkAsync($"delete crd pairs.{group} --timeout=60s");
    }

    private static IEnumerable<(string Words, Func<string, MapValue, MapValue> Answer)> Lies()
    {
        yield return ("failed: no luck", static (_, _) => new MapValue { ["result"] = new MapValue { ["status"] = "Failure", ["message"] = "no luck" } });
        yield return ("failed: response.result.status was '', not 'Success'", static (_, _) => []);
        yield return ("failed: expected response.uid=", static (_, request) => Changed(Convert("", request), whole: static response => response["uid"] = "other"));
        yield return ("returned 0 objects, expected 1", static (_, _) => new MapValue { ["result"] = new MapValue { ["status"] = "Success" }, ["convertedObjects"] = new ListValue([]) });
        yield return ("returned invalid object at index 0: invalid groupVersion", static (_, request) => Changed(Convert("", request), static one => one["apiVersion"] = "v1"));
        yield return ("returned invalid object at index 0: invalid kind", static (_, request) => Changed(Convert("", request), static one => one["kind"] = "Other"));
        yield return ("returned invalid object at index 0: must have the same name: one != two", static (_, request) => Changed(Convert("", request), static one => one.MakeMap("metadata")["name"] = "two"));
        yield return ("returned invalid object at index 0: must have the same UID", static (_, request) => Changed(Convert("", request), static one => one.MakeMap("metadata")["uid"] = "two"));
        yield return ("returned invalid object at index 0: missing metadata", static (_, request) => Changed(Convert("", request), static one => one.Remove("metadata")));
        yield return ("returned invalid object at index 0: metadata.labels: Invalid value", static (_, request) => Changed(Convert("", request), static one => one.MakeMap("metadata")["labels"] = new MapValue { ["a b"] = "c" }));
    }

    private static MapValue Changed(MapValue response, Action<MapValue>? change = null, Action<MapValue>? also = null, Action<MapValue>? whole = null)
    {
        foreach (var one in response.Maps("convertedObjects"))
        {
            change?.Invoke(one);
            also?.Invoke(one);
        }

        whole?.Invoke(response);
        return response;
    }

    /// <summary>What the webhook does when it is honest.</summary>
    private static MapValue Convert(string path, MapValue request)
    {
        var to = request.Text("desiredAPIVersion")!;
        var converted = request.Maps("objects").Select(one =>
        {
            var other = one.CloneMap();
            other["apiVersion"] = to;
            if (to.EndsWith("/v2", StringComparison.Ordinal))
            {
                var parts = one.Text("hostPort")!.Split(':');
                other.Remove("hostPort");
                (other["host"], other["port"]) = (parts[0], parts[1]);
            }
            else
            {
                other["hostPort"] = $"{one.Text("host")}:{one.Text("port")}";
                other.Remove("host");
                other.Remove("port");
            }

            return other;
        });
        return new MapValue { ["result"] = new MapValue { ["status"] = "Success" }, ["convertedObjects"] = new ListValue([.. converted]) };
    }

    private static List<int> AskedWith(WebhookServer server)
    {
        lock (server.Asked)
        {
            return [.. server.Asked.Select(static asked => asked.Review.Maps("request", "objects").Count())];
        }
    }

    private static string One(string group, string version, string name, string fields) => $$"""
        apiVersion: {{group}}/{{version}}
        kind: Pair
        metadata: {name: {{name}}}
        {{fields.Replace(", ", "\n", StringComparison.Ordinal)}}
        """;

    private async Task<StreamReader> WatchAsync(Space space, string group, string version)
    {
        var answer = await cluster.Http.GetAsync($"/apis/{group}/{version}/namespaces/{space.Name}/pairs?watch=1&timeoutSeconds=60", HttpCompletionOption.ResponseHeadersRead);
        return new StreamReader(await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(), Encoding.UTF8);
    }

    private static async Task<List<string>> SeenAsync(StreamReader watch, int count)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var seen = new List<string>();
        while (seen.Count < count)
        {
            var change = JsonNode.Parse((await watch.ReadLineAsync(limit.Token))!)!;
            Assert.Equal("ADDED", change["type"]!.GetValue<string>());
            var one = change["object"]!;
            string?[] words = [one["metadata"]!["name"]!.GetValue<string>(), one["hostPort"]?.GetValue<string>(), one["host"]?.GetValue<string>(), one["port"]?.GetValue<string>()];
            seen.Add(string.Join(' ', words.OfType<string>()));
        }

        return seen;
    }

    private async Task<string> DefineAsync(Space space, string client, string caBundle)
    {
        var group = space.Name + ".example.com";
        const string Subresources = "subresources: {status: {}, scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}}";
        await cluster.OkAsync("create -f -", string.Create(CultureInfo.InvariantCulture, $$"""
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: pairs.{{group}} }
            spec:
              group: {{group}}
              scope: Namespaced
              names: {plural: pairs, singular: pair, kind: Pair}
              conversion:
                strategy: Webhook
                webhook:
                  conversionReviewVersions: [v1, v1beta1]
                  clientConfig: { {{client}}, caBundle: {{caBundle}} }
              versions:
              - name: v1
                served: true
                storage: true
                schema: {openAPIV3Schema: {type: object, properties: {hostPort: {type: string}, spec: {type: object, properties: {replicas: {type: integer} } }, status: {type: object, properties: {replicas: {type: integer} } } } } }
                {{Subresources}}
              - name: v2
                served: true
                storage: false
                schema: {openAPIV3Schema: {type: object, properties: {host: {type: string}, port: {type: string}, spec: {type: object, properties: {replicas: {type: integer} } }, status: {type: object, properties: {replicas: {type: integer} } } } } }
                {{Subresources}}
            """));
        await cluster.OkAsync($"wait --for=condition=Established crd/pairs.{group} --timeout=60s");
        return group;
    }
}
