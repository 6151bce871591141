using System.Net;
using System.Text;
using Naru.Objects.Json;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Tests;

public sealed class OpenApiTests
{
    [Fact]
    public async Task Index_LeadsToDocuments_KeptForEver()
    {
        await using var host = await DialectHost.StartAsync();
        var (_, index) = await host.GetAsync("/openapi/v3");
        var address = index.Text("paths", "apis/apps/v1", "serverRelativeURL")!;

        var (answer, document) = await host.GetAsync(address);

        Assert.StartsWith("/openapi/v3/apis/apps/v1?hash=", address, StringComparison.Ordinal);
        Assert.Equal("public, immutable", answer.Headers.NonValidated["Cache-Control"].ToString());
        Assert.Equal("3.0.0", document.Text("openapi"));
        var patch = document.Map("paths", "/apis/apps/v1/namespaces/{namespace}/deployments/{name}", "patch")!;
        Assert.Equal("patchAppsV1NamespacedDeployment", patch.Text("operationId"));
        Assert.Equal("Deployment", patch.Text("x-kubernetes-group-version-kind", "kind"));
        Assert.Contains(patch.Maps("parameters"), static one => one.Text("name") == "fieldValidation");
        Assert.True(patch.Map("requestBody", "content")!.Has("application/apply-patch+yaml"));
    }

    [Fact]
    public async Task Document_Known_Is304_OtherHashMoves()
    {
        await using var host = await DialectHost.StartAsync();
        var (first, _) = await host.GetAsync("/openapi/v3/api/v1");

        var (second, _) = await host.SendAsync(HttpMethod.Get, "/openapi/v3/api/v1", headers: [("If-None-Match", first.Headers.ETag!.ToString())]);
        var (moved, _) = await host.GetAsync("/openapi/v3/api/v1?hash=ABC");

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Equal(HttpStatusCode.MovedPermanently, moved.StatusCode);
    }

    [Fact]
    public async Task CustomResource_IsPublishedInBothForms_AndChangesTheHash()
    {
        await using var host = await DialectHost.StartAsync();
        var before = (await host.GetAsync("/openapi/v2")).Answer.Headers.ETag!.ToString();
        AddCustom(host);

        var (_, v3) = await host.GetAsync("/openapi/v3/apis/stable.example.com/v1");
        var (answer, v2) = await host.GetAsync("/openapi/v2", "application/json");

        var three = v3.Map("components", "schemas", "com.example.stable.v1.CronTab")!;
        Assert.Equal("CronTab", three.Maps("x-kubernetes-group-version-kind").Single().Text("kind"));
        Assert.Equal("*", three.Text("properties", "spec", "properties", "schedule", "default"));
        Assert.Equal("#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta", three.Map("properties", "metadata")!.Maps("allOf").Single().Text("$ref"));
        var two = v2.Map("definitions", "com.example.stable.v1.CronTab")!;
        Assert.Null(two.At("properties", "spec", "properties", "schedule", "default"));
        Assert.Equal("How often", two.Text("properties", "spec", "properties", "schedule", "description"));
        Assert.Equal("#/definitions/com.example.stable.v1.CronTab", v2.Map("definitions", "com.example.stable.v1.CronTabList")!.Text("properties", "items", "items", "$ref"));
        Assert.NotEqual(before, answer.Headers.ETag!.ToString());
    }

    [Fact]
    public async Task Gnostic_HasTheDocumentsFields()
    {
        await using var host = await DialectHost.StartAsync();
        AddCustom(host);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/openapi/v2");
        request.Headers.TryAddWithoutValidation("Accept", "application/com.github.proto-openapi.spec.v2@v1.0+protobuf");

        using var answer = await host.Client.SendAsync(request);
        var bytes = await answer.Content.ReadAsByteArrayAsync();

        Assert.Equal("application/com.github.proto-openapi.spec.v2.v1.0+protobuf", answer.Content.Headers.NonValidated["Content-Type"].ToString());
        var fields = ProtobufFields.Read(bytes);
        Assert.Equal("2.0", Encoding.UTF8.GetString(fields.Single(static one => one.Field == 1).Bytes));
        Assert.NotEmpty(ProtobufFields.Read(fields.Single(static one => one.Field == 8).Bytes));
        var definitions = ProtobufFields.Read(fields.Single(static one => one.Field == 9).Bytes).Select(static one => ProtobufFields.Read(one.Bytes)).ToList();
        var custom = definitions.Single(static one => Encoding.UTF8.GetString(one[0].Bytes) == "com.example.stable.v1.CronTab");
        var schema = ProtobufFields.Read(custom[1].Bytes);
        Assert.Contains(schema, static one => one.Field == 31 && Encoding.UTF8.GetString(ProtobufFields.Read(one.Bytes)[0].Bytes) == "x-kubernetes-group-version-kind");
    }

    [Fact]
    public async Task BuiltIn_Container_HasTypesRulesAndWords()
    {
        await using var host = await DialectHost.StartAsync();

        var (_, v3) = await host.GetAsync("/openapi/v3/apis/apps/v1");
        var (_, v2) = await host.GetAsync("/openapi/v2");

        var container = v3.Map("components", "schemas", "io.k8s.api.core.v1.Container")!;
        Assert.Equal(["name"], container.List("required")!.Texts());
        Assert.Equal("merge", container.Text("properties", "ports", "x-kubernetes-patch-strategy"));
        Assert.Equal("containerPort", container.Text("properties", "ports", "x-kubernetes-patch-merge-key"));
        Assert.Equal("#/components/schemas/io.k8s.api.core.v1.ContainerPort", container.Text("properties", "ports", "items", "$ref"));
        Assert.True(container.Text("properties", "image", "description")!.Length > 20);
        var deployment = v2.Map("definitions", "io.k8s.api.apps.v1.Deployment")!;
        Assert.Equal(("apps", "Deployment"), (deployment.Maps("x-kubernetes-group-version-kind").Single().Text("group"), deployment.Maps("x-kubernetes-group-version-kind").Single().Text("kind")));
        Assert.Equal("int32", v2.Text("definitions", "io.k8s.api.apps.v1.DeploymentSpec", "properties", "replicas", "format"));
        Assert.True(v2.Map("definitions", "io.k8s.api.core.v1.Volume", "properties")!.Has("emptyDir"));
    }

    [Fact]
    public async Task References_AllLeadSomewhere()
    {
        await using var host = await DialectHost.StartAsync();
        foreach (var (_, path) in (await host.GetAsync("/openapi/v3")).Body.Map("paths")!.Select(static one => (one.Key, ((MapValue)one.Value).Text("serverRelativeURL")!)))
        {
            var (_, document) = await host.GetAsync(path);
            Assert.All(References(document).Distinct(), reference => Assert.NotNull(document.At(reference.TrimStart('#', '/').Split('/'))));
            var empty = document.Map("components", "schemas")!.Where(static one => one.Value is MapValue { Count: 1 }).Select(static one => one.Key);
            Assert.DoesNotContain(empty, static one => !one.EndsWith(".JSON", StringComparison.Ordinal) && !one.Contains("JSONSchemaPropsOr", StringComparison.Ordinal));
        }
    }

    /// <summary>kubectl reads these two from the patch of a kind itself and follows no reference: without them it takes the server for an old one.</summary>
    [Fact]
    public async Task Patch_SaysItselfWhatKubectlLooksFor()
    {
        await using var host = await DialectHost.StartAsync();
        var (_, document) = await host.GetAsync("/openapi/v3/api/v1");
        var patches = document.Map("paths")!.Select(static one => ((MapValue)one.Value).Map("patch")).OfType<MapValue>().ToList();

        Assert.NotEmpty(patches);
        Assert.All(patches, static patch => Assert.Contains(patch.Maps("parameters"), static one => one.Text("name") == "fieldValidation"));
        Assert.All(patches, static patch => Assert.True(patch.Map("requestBody", "content")!.Has("application/strategic-merge-patch+json")));
        Assert.Equal("#/components/responses/io.k8s.api.core.v1.Pod", document.Text("paths", "/api/v1/namespaces/{namespace}/pods/{name}", "get", "responses", "200", "$ref"));
    }

    private static IEnumerable<string> References(Value value) => value switch
    {
        MapValue map => map.SelectMany(static one => one.Key == "$ref" && one.Value is TextValue { Text: var target } ? [target] : References(one.Value)),
        ListValue list => list.SelectMany(References),
        _ => [],
    };

    private static void AddCustom(DialectHost host, bool preserve = false)
    {
        host.Cluster.Put("apiextensions.k8s.io", "customresourcedefinitions", JsonText.ParseMap(Encoding.UTF8.GetBytes("""
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"crontabs.stable.example.com"},
             "spec":{"group":"stable.example.com","names":{"plural":"crontabs","kind":"CronTab"},"scope":"Namespaced",
              "versions":[{"name":"v1","served":true,"storage":true,"additionalPrinterColumns":[{"name":"Schedule","type":"string","jsonPath":".spec.schedule"}],
               "schema":{"openAPIV3Schema":{"type":"object","description":"A table of jobs","x-kubernetes-preserve-unknown-fields":PRESERVE,"properties":{"spec":{"type":"object","properties":{"schedule":{"type":"string","description":"How often","default":"*"}}}}}}}]}}
            """.Replace("PRESERVE", preserve ? "true" : "false", StringComparison.Ordinal))));
        host.Catalogue.Add(new ResourceInfo
        {
            Resource = new GroupVersionResource("stable.example.com", "v1", "crontabs"),
            Kind = "CronTab",
            Singular = "crontab",
            Namespaced = true,
            Verbs = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"],
            StorageVersion = "v1",
            IsCustom = true,
        });
    }

    [Fact]
    public async Task CustomResource_OfAnyFields_IsAPlainObjectToOldClients()
    {
        await using var host = await DialectHost.StartAsync();
        AddCustom(host, preserve: true);

        var (_, v2) = await host.GetAsync("/openapi/v2", "application/json");

        Assert.Equal(["type", "x-kubernetes-group-version-kind"], v2.Map("definitions", "com.example.stable.v1.CronTab")!.Names);
    }

    [Fact]
    public async Task CustomResource_AsTable_HasItsColumns()
    {
        await using var host = await DialectHost.StartAsync();
        AddCustom(host);
        host.Cluster.Put("stable.example.com", "crontabs", JsonText.ParseMap("""{"apiVersion":"stable.example.com/v1","kind":"CronTab","metadata":{"name":"a","namespace":"default"},"spec":{"schedule":"5 4 * * *"}}"""u8));

        var (_, table) = await host.GetAsync("/apis/stable.example.com/v1/crontabs", "application/json;as=Table;v=v1;g=meta.k8s.io");

        Assert.Equal(["Name", "Schedule"], table.Maps("columnDefinitions").Select(static one => one.Text("name")!));
        Assert.Equal(["a", "5 4 * * *"], table.Maps("rows").Single().List("cells")!.Texts());
    }

    private static class ProtobufFields
    {
        public static List<(int Field, byte[] Bytes)> Read(byte[] message)
        {
            var fields = new List<(int, byte[])>();
            var place = 0;
            while (place < message.Length)
            {
                var tag = Varint(message, ref place);
                switch (tag & 7)
                {
                    case 0:
                        Varint(message, ref place);
                        fields.Add(((int)(tag >> 3), []));
                        break;
                    case 1:
                        place += 8;
                        break;
                    default:
                        var length = (int)Varint(message, ref place);
                        fields.Add(((int)(tag >> 3), message[place..(place + length)]));
                        place += length;
                        break;
                }
            }

            return fields;
        }

        private static ulong Varint(byte[] message, ref int place)
        {
            var (value, shift) = (0UL, 0);
            while (message[place] >= 0x80)
            {
                value |= (ulong)(message[place++] & 0x7F) << shift;
                shift += 7;
            }

            return value | ((ulong)message[place++] << shift);
        }
    }
}
