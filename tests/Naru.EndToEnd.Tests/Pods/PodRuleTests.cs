using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Pods;

/// <summary>What containers are told by their rules and by files that others write.</summary>
[Collection(nameof(PodGroup))]
public sealed class PodRuleTests(PodCluster cluster)
{
    [Fact]
    public async Task Containers_FollowTheirRules_AndReadVariablesFromFiles()
    {
        cluster.Required();
        await cluster.ApplyAsync("""
            apiVersion: v1
            kind: Pod
            metadata: {name: ruled}
            spec:
              restartPolicy: Never
              terminationGracePeriodSeconds: 1
              volumes: [{name: d, emptyDir: {}}]
              initContainers:
              - name: writes
                image: IMAGE
                command: [sh, -c, "echo \"WORDS='two words' # said\" > /d/env; ln -s /etc/passwd /d/out"]
                volumeMounts: [{name: d, mountPath: /d}]
              containers:
              - name: again
                image: IMAGE
                command: [sh, -c, "echo \"$WORDS\"; [ -f /d/ran ] && exec sleep 1000; touch /d/ran; exit 42"]
                restartPolicy: Never
                restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [42]}}]
                resources: {limits: {memory: 5Mi}}
                env: [{name: WORDS, valueFrom: {fileKeyRef: {volumeName: d, path: env, key: WORDS}}}]
                volumeMounts: [{name: d, mountPath: /d}]
              - name: outside
                image: IMAGE
                command: [sleep, "1000"]
                env: [{name: LINE, valueFrom: {fileKeyRef: {volumeName: d, path: out, key: root}}}]
            """);

        await cluster.BecomesAsync("1 true", "get", "pod", "ruled", "-o", "jsonpath={.status.containerStatuses[?(@.name==\"again\")].restartCount} {.status.containerStatuses[?(@.name==\"again\")].ready}");

        Assert.Equal("two words", await cluster.OkAsync("logs", "ruled", "-c", "again"));
        Assert.Equal("0", await cluster.OkAsync("get", "pod", "ruled", "-o", "jsonpath={.status.containerStatuses[?(@.name==\"again\")].user.linux.uid}"));
        Assert.Equal("CreateContainerConfigError", await cluster.OkAsync("get", "pod", "ruled", "-o", "jsonpath={.status.containerStatuses[?(@.name==\"outside\")].state.waiting.reason}"));
        await cluster.OkAsync("delete", "pod", "ruled", "--now");
    }
}
