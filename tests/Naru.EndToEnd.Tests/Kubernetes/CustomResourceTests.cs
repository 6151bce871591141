using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Kubernetes;

/// <summary>A definition of one's own, from its making to its end.</summary>
public sealed class CustomResourceTests(Cluster cluster)
{
    [Fact]
    public async Task Definition_Life()
    {
        await using var space = await cluster.SpaceAsync();
        var group = space.Name + ".example.com";
        Assert.EndsWith("created", await cluster.OkAsync("apply -f -", Definition(group)), StringComparison.Ordinal);
        await cluster.OkAsync($"wait --for=condition=Established crd/crontabs.{group} --timeout=60s");
        var one = $$"""
            apiVersion: {{group}}/v1
            kind: CronTab
            metadata: {name: my}
            spec: {cronSpec: "* * * * */5"}
            """;
        Assert.Equal($"crontab.{group}/my created", await space.FeedOkAsync("apply", one));
        Assert.Equal($"crontab.{group}/my unchanged", await space.FeedOkAsync("apply", one));
        Assert.Matches(@"^NAME +SPEC +REPLICAS +AGE\nmy +\* \* \* \* \*/5 +1 +\d+s$", await space.OkAsync($"get crontabs.{group}"));
        Assert.Equal("""{"cronSpec":"* * * * */5","image":"busybox","replicas":1}""", await space.PathAsync($"crontabs.{group}/my", "{.spec}"));
        await CheckRulesAsync(space, $"crontabs.{group}", one);
        Assert.Contains("When it runs.", await cluster.OkAsync($"explain crontabs.{group}.spec --api-version={group}/v1".Replace($"crontabs.{group}.spec", "crontab.spec", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("Cron Spec:  * * * * */5", await space.OkAsync($"describe crontabs.{group}"), StringComparison.Ordinal);
        await space.OkAsync($"scale crontabs.{group} my --replicas=3");
        Assert.Equal("3", await space.PathAsync($"crontabs.{group}/my", "{.spec.replicas}"));
        await space.FeedOkAsync("apply --server-side --force-conflicts", one.Replace("*/5", "*/9", StringComparison.Ordinal));
        Assert.Equal("* * * * */9", await space.PathAsync($"crontabs.{group}/my", "{.spec.cronSpec}"));
        Assert.Contains($"crontabs ", await cluster.OkAsync($"api-resources --api-group={group}"), StringComparison.Ordinal);
        Assert.Contains($"Warning: {group}/v1beta1 CronTab is deprecated", (await space.TryAsync($"get crontabs.v1beta1.{group} my")).Error, StringComparison.Ordinal);
        Assert.Contains("Warning: v1 Endpoints is deprecated in v1.33+", (await space.TryAsync("get endpoints")).Error, StringComparison.Ordinal);
        await cluster.OkAsync($"delete crd crontabs.{group} --timeout=60s");
        await Eventually.BecomesAsync(async () => (await space.TryAsync($"get crontabs.{group}")).Error.Contains("the server doesn't have a resource type", StringComparison.Ordinal), "it is served no more");
    }

    private static async Task CheckRulesAsync(Space space, string target, string one)
    {
        await space.FailsAsync("spec.cronSpec: Invalid value: \"x\": spec.cronSpec in body should match", $"patch {target} my --type=merge -p", """{"spec":{"cronSpec":"x"}}""");
        await space.FailsAsync("should be less than or equal to 10", $"patch {target} my --type=merge -p", """{"spec":{"replicas":99}}""");
        await space.FailsAsync("too many", $"patch {target} my --type=merge -p", """{"spec":{"replicas":7}}""");
        await space.FailsAsync("accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml", $"patch {target} my -p", """{"spec":{"replicas":2}}""");
        await space.FeedFailsAsync("strict decoding error: unknown field \"spec.nosuch\"", "apply", one.Replace("cronSpec:", "nosuch: 1, cronSpec:", StringComparison.Ordinal));
        await space.FeedFailsAsync("spec.cronSpec: Required value", "create", one.Replace("name: my", "name: other", StringComparison.Ordinal).Replace("cronSpec: \"* * * * */5\"", "image: x", StringComparison.Ordinal));
    }

    private static string Definition(string group) => """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: crontabs.GROUP}
        spec:
          group: GROUP
          scope: Namespaced
          names: {plural: crontabs, singular: crontab, kind: CronTab}
          versions:
          - name: v1
            served: true
            storage: true
            schema:
              openAPIV3Schema:
                type: object
                properties:
                  spec:
                    type: object
                    required: [cronSpec]
                    properties:
                      cronSpec: {type: string, pattern: '^(\S+\s+){4}\S+$', description: When it runs.}
                      image: {type: string, default: busybox}
                      replicas: {type: integer, minimum: 1, maximum: 10, default: 1}
                    x-kubernetes-validations: [{rule: "self.replicas <= 5 || self.image != 'busybox'", message: too many}]
                  status: {type: object, properties: {replicas: {type: integer}, selector: {type: string}}}
            subresources: {status: {}, scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas, labelSelectorPath: .status.selector}}
            additionalPrinterColumns:
            - {name: Spec, type: string, jsonPath: .spec.cronSpec}
            - {name: Replicas, type: integer, jsonPath: .spec.replicas}
            - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}
          - name: v1beta1
            served: true
            storage: false
            deprecated: true
            schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
        """.Replace("GROUP", group, StringComparison.Ordinal);
}
