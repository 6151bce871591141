using System.Net;
using System.Net.Sockets;
using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Kubernetes;

/// <summary>Rules that operators bring along: policies, and webhooks that do not answer.</summary>
public sealed class AdmissionTests(Cluster cluster)
{
    [Fact]
    public async Task ValidatingPolicy_Denies_WithItsMessage()
    {
        await using var space = await cluster.SpaceAsync();
        var name = space.Name + ".example.com";
        await space.FeedOkAsync("create", $$"""
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicy
            metadata: {name: {{name}}}
            spec:
              failurePolicy: Fail
              matchConstraints: {resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments]}]}
              validations: [{expression: "object.spec.replicas <= 5", messageExpression: "'at most 5 replicas, not ' + string(object.spec.replicas)"}]
            ---
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicyBinding
            metadata: {name: {{name}}}
            spec:
              policyName: {{name}}
              validationActions: [Deny]
              matchResources: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: "{{space.Name}}" } } }
            """);
        try
        {
            await Eventually.BecomesAsync(async () => (await space.TryAsync("create deployment big --image=i --replicas=6 --dry-run=server")).ExitCode != 0, "the policy is in force");
            await space.FailsAsync($"ValidatingAdmissionPolicy '{name}' with binding '{name}' denied request: at most 5 replicas, not 6", "create deployment big --image=i --replicas=6");
            await space.OkAsync("create deployment small --image=i --replicas=5");
        }
        finally
        {
            await cluster.OkAsync($"delete validatingadmissionpolicybinding,validatingadmissionpolicy {name}");
        }
    }

    [Fact]
    public async Task Webhook_Hangs_RequestEndsInTime()
    {
        await using var space = await cluster.SpaceAsync();
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await space.FeedOkAsync("create", $$"""
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingWebhookConfiguration
            metadata: {name: {{space.Name}}}
            webhooks:
            - name: silent.example.com
              clientConfig: {url: "https://127.0.0.1:{{((IPEndPoint)silent.LocalEndpoint).Port}}/"}
              rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}]
              namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: "{{space.Name}}" } }
              sideEffects: None
              admissionReviewVersions: [v1]
              timeoutSeconds: 1
              failurePolicy: Fail
            """);
        try
        {
            var result = await space.TryAsync("create configmap c1");
            Assert.Contains("failed calling webhook \"silent.example.com\"", result.Error, StringComparison.Ordinal);
            // A webhook that does not say so itself is given ten seconds.
            Assert.InRange(result.Duration, TimeSpan.Zero, TimeSpan.FromSeconds(10));
            await space.OkAsync($"patch validatingwebhookconfiguration {space.Name} --type=json -p", """[{"op":"replace","path":"/webhooks/0/failurePolicy","value":"Ignore"}]""");
            await Eventually.BecomesAsync(async () => (await space.TryAsync("create configmap c1")).ExitCode == 0, "a webhook that may fail is passed over");
        }
        finally
        {
            await cluster.OkAsync($"delete validatingwebhookconfiguration {space.Name}");
        }
    }

    [Theory]
    [InlineData("{type: object, properties: {spec: {$ref: '#/properties/spec'}}}", "$ref")]
    [InlineData("{type: object, properties: {spec: {properties: {a: {type: string}}}}}", "type: Required value")]
    [InlineData("{type: object, properties: {l: {type: array, items: {type: string}}}, x-kubernetes-validations: [{rule: 'self.l.all(a, self.l.all(b, self.l.all(c, a + b != c)))'}]}", "cost")]
    [InlineData("{type: object, properties: {s: {type: string}}, x-kubernetes-validations: [{rule: 'self.s +'}]}", "compilation failed")]
    [InlineData("{type: object, properties: {s: {type: string}}, x-kubernetes-validations: [{rule: 'self.nosuch == 1'}]}", "undefined field 'nosuch'")]
    public async Task Definition_HostileSchema_IsRefused(string schema, string message)
    {
        await using var space = await cluster.SpaceAsync();
        await space.FeedFailsAsync(message, "create", $$"""
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: things.{{space.Name}}.example.com}
            spec:
              group: {{space.Name}}.example.com
              scope: Cluster
              names: {plural: things, singular: thing, kind: Thing}
              versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {{schema}} } }]
            """);
    }
}
