using Naru.EndToEnd.Tests.Pods;
using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Volumes;

/// <summary>Claims through the built-in provisioner, with real pods.</summary>
public sealed class ClaimTests(PodCluster cluster) : IClassFixture<PodCluster>
{
    [Fact]
    public async Task Claim_PodsComeAndGo_DataStaysUntilTheClaimGoes()
    {
        cluster.Required();
        await cluster.ApplyAsync(Claim("data") + Pod("writer", "data", "echo kept > /data/file; id -G; stat -c %g /data/file; exec sleep 1000", "securityContext: {runAsUser: 1000, runAsGroup: 1000, fsGroup: 2000}"));
        await cluster.OkAsync("wait", "pod/writer", "--for=condition=Ready", "--timeout=60s");
        await cluster.BecomesAsync("1000 2000\n2000", "logs", "writer");
        await cluster.OkAsync("delete", "pod", "writer", "--now");
        await cluster.ApplyAsync(Pod("reader", "data", "cat /data/file; exec sleep 1000"));
        await cluster.BecomesAsync("kept", "logs", "reader");

        var path = await cluster.OkAsync("get", "pv", "-o", "jsonpath={.items[?(@.spec.claimRef.name==\"data\")].spec.local.path}");
        Assert.True(File.Exists(Path.Combine(path, "file")));
        await cluster.OkAsync("delete", "pvc", "data", "--wait=false");
        Assert.Equal("Bound", await cluster.OkAsync("get", "pvc", "data", "-o", "jsonpath={.status.phase}"));
        await cluster.OkAsync("delete", "pod", "reader", "--now");
        await Eventually.BecomesAsync(async () => !Directory.Exists(path) && (await cluster.OkAsync("get", "pvc,pv", "-o", "name")).Length == 0, "claim, volume and files are gone");
    }

    [Fact]
    public async Task StatefulSet_WithClaims_EveryPodFindsItsOwnAgain()
    {
        cluster.Required();
        await cluster.ApplyAsync("""
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: db}
            spec:
              replicas: 2
              serviceName: db
              podManagementPolicy: Parallel
              selector: {matchLabels: {app: db} }
              persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete}
              template:
                metadata: {labels: {app: db} }
                spec:
                  terminationGracePeriodSeconds: 0
                  containers: [{name: app, image: "IMAGE", command: [sh, -c, "test -e /data/name || hostname > /data/name; exec sleep 1000"], volumeMounts: [{name: data, mountPath: /data}]}]
              volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi} } } }]
            """);
        await cluster.BecomesAsync("2", "get", "statefulset", "db", "-o", "jsonpath={.status.readyReplicas}");
        var before = await cluster.OkAsync("get", "pod", "db-1", "-o", "jsonpath={.metadata.uid}");
        await cluster.OkAsync("delete", "pod", "db-1");
        await Eventually.BecomesAsync(async () => (await cluster.TryAsync(null, "get", "pod", "db-1", "-o", "jsonpath={.metadata.uid}")).Line is { Length: > 0 } now && now != before, "db-1 is made anew");
        await cluster.OkAsync("wait", "pod/db-1", "--for=condition=Ready", "--timeout=60s");

        Assert.Equal("db-1", await cluster.OkAsync("exec", "db-1", "--", "cat", "/data/name"));
        await cluster.OkAsync("delete", "statefulset", "db");
        await Eventually.BecomesAsync(async () => (await cluster.OkAsync("get", "pvc", "-l", "app=db", "-o", "name")).Length == 0, "claims go with the set");
    }

    internal static string Claim(string name, string more = "") => $$"""
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: {{name}} }
        spec:
          accessModes: [ReadWriteOnce]
          resources: {requests: {storage: 1Mi} }
          {{more}}
        ---

        """;

    internal static string Pod(string name, string claim, string script, string more = "") => $$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: {{name}} }
        spec:
          terminationGracePeriodSeconds: 1
          {{more}}
          containers: [{name: app, image: "IMAGE", command: [sh, -c, "{{script}}"], volumeMounts: [{name: data, mountPath: /data}]}]
          volumes: [{name: data, persistentVolumeClaim: {claimName: {{claim}} } }]
        ---

        """;
}
