using Naru.EndToEnd.Tests.Services;
using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Pods;

/// <summary>Pods on the node that <c>naru up</c> is, seen through kubectl and docker.</summary>
[Collection(nameof(PodGroup))]
public sealed class PodTests(PodCluster cluster)
{
    [Fact]
    public async Task Pod_LocalImage_RunsAnswersAndGoes()
    {
        cluster.Required();
        await cluster.OkAsync("run", "web", $"--image={PodCluster.Image}", "--command", "--", "sh", "-c", "echo begun; mkdir /www; echo hello > /www/index.html; exec httpd -f -p 8080 -h /www");
        await cluster.OkAsync("wait", "pod/web", "--for=condition=Ready", "--timeout=60s");
        var address = await cluster.OkAsync("get", "pod", "web", "-o", "jsonpath={.status.podIP}");

        // Nothing probes it: it is ready before its server listens.
        await Eventually.SaysAsync(() => ServiceCluster.AskAsync(address, 8080), "hello", "the pod");
        Assert.Equal("begun", await cluster.OkAsync("logs", "web"));
        Assert.Equal("web", await cluster.OkAsync("exec", "web", "--", "hostname"));
        Assert.Contains("exit code 7", (await cluster.TryAsync(null, "exec", "web", "--", "sh", "-c", "exit 7")).Error, StringComparison.Ordinal);
        var missing = await cluster.TryAsync(null, "exec", "web", "--", "nope");
        Assert.Equal(126, missing.ExitCode);
        Assert.Contains("exec: \"nope\": executable file not found in $PATH", missing.Error, StringComparison.Ordinal);
        Assert.Equal("piped", (await cluster.TryAsync("piped", "exec", "-i", "web", "--", "cat")).Line);
        Assert.Contains("k8s_web_web_default_", await cluster.DockerAsync("ps", "--filter", "label=io.kubernetes.container.name=web", "--format", "{{.Names}}"), StringComparison.Ordinal);
        await cluster.OkAsync("delete", "pod", "web", "--grace-period=1");
        Assert.Equal("", await cluster.DockerAsync("ps", "-aq", "--filter", "label=io.kubernetes.pod.name=web"));
    }

    [Fact]
    public async Task Pod_ConfigurationOfAllKinds_SeesIt()
    {
        cluster.Required();
        await cluster.ApplyAsync("""
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: settings}
            data: {colour: red}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: keys}
            stringData: {token: geheim}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: reader, labels: {tier: front}}
            spec:
              restartPolicy: Never
              securityContext: {fsGroup: 2000}
              initContainers:
              - {name: first, image: "IMAGE", command: [sh, -c, "echo shared > /shared/file"], volumeMounts: [{name: work, mountPath: /shared}]}
              containers:
              - name: app
                image: "IMAGE"
                command: [sh, -c, 'echo $(COLOUR) $TOKEN $TIER $(cat /etc/settings/colour) $(cat /shared/file) $(cat /info/name) $(test -s /var/run/secrets/kubernetes.io/serviceaccount/token && echo token)']
                env:
                - {name: COLOUR, valueFrom: {configMapKeyRef: {name: settings, key: colour} } }
                - {name: TOKEN, valueFrom: {secretKeyRef: {name: keys, key: token} } }
                - {name: TIER, valueFrom: {fieldRef: {fieldPath: "metadata.labels['tier']"} } }
                volumeMounts: [{name: work, mountPath: /shared}, {name: settings, mountPath: /etc/settings}, {name: info, mountPath: /info}]
              volumes:
              - {name: work, emptyDir: {} }
              - {name: settings, configMap: {name: settings} }
              - {name: info, downwardAPI: {items: [{path: name, fieldRef: {fieldPath: metadata.name} }]} }
            """);
        await cluster.BecomesAsync("Succeeded", "get", "pod", "reader", "-o", "jsonpath={.status.phase}");

        Assert.Equal("red geheim front red shared reader token", await cluster.OkAsync("logs", "reader", "-c", "app"));
        await cluster.OkAsync("delete", "pod/reader", "configmap/settings", "secret/keys", "--now");
    }

    [Fact]
    public async Task Containers_ThatCannotRun_SayWhy()
    {
        cluster.Required();
        await cluster.OkAsync("run", "missing", "--image=localhost:1/none:1");
        await cluster.OkAsync("run", "crash", $"--image={PodCluster.Image}", "--command", "--", "sh", "-c", "echo bye > /dev/termination-log; exit 3");
        await cluster.ApplyAsync("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"config"},"spec":{"containers":[{"name":"config","image":"IMAGE","env":[{"name":"A","valueFrom":{"secretKeyRef":{"name":"none","key":"k"} } }]}]} }""");

        await cluster.BecomesAsync("CreateContainerConfigError", "get", "pod", "config", "-o", "jsonpath={.status.containerStatuses[0].state.waiting.reason}");
        await cluster.BecomesAsync("CrashLoopBackOff", "get", "pod", "crash", "-o", "jsonpath={.status.containerStatuses[0].state.waiting.reason}");
        await cluster.BecomesAsync("ImagePullBackOff", "get", "pod", "missing", "-o", "jsonpath={.status.containerStatuses[0].state.waiting.reason}");
        Assert.Equal("3 bye", await cluster.OkAsync("get", "pod", "crash", "-o", "jsonpath={.status.containerStatuses[0].lastState.terminated.exitCode} {.status.containerStatuses[0].lastState.terminated.message}"));
        await cluster.OkAsync("delete", "pod", "missing", "crash", "config", "--now");
    }

    [Fact]
    public async Task Probes_Fail_ContainerIsUnreadyOrStartsAgain()
    {
        cluster.Required();
        await cluster.ApplyAsync("""
            apiVersion: v1
            kind: Pod
            metadata: {name: probed}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - name: app
                image: "IMAGE"
                command: [sh, -c, "touch /tmp/live; exec sleep 1000"]
                livenessProbe: {exec: {command: [test, -e, /tmp/live]}, periodSeconds: 1, timeoutSeconds: 20, failureThreshold: 2}
                readinessProbe: {exec: {command: [test, -e, /tmp/ready]}, periodSeconds: 1, timeoutSeconds: 20}
            """);
        await cluster.BecomesAsync("Running", "get", "pod", "probed", "-o", "jsonpath={.status.phase}");
        Assert.Equal("false", await cluster.OkAsync("get", "pod", "probed", "-o", "jsonpath={.status.containerStatuses[0].ready}"));
        await cluster.OkAsync("exec", "probed", "--", "touch", "/tmp/ready");
        await cluster.OkAsync("wait", "pod/probed", "--for=condition=Ready", "--timeout=60s");
        Assert.Contains("pod=\"probed\"", await cluster.OkAsync("get", "--raw", $"/api/v1/nodes/{await cluster.OkAsync("get", "pod", "probed", "-o", "jsonpath={.spec.nodeName}")}/proxy/metrics/probes"), StringComparison.Ordinal);
        await cluster.OkAsync("exec", "probed", "--", "rm", "/tmp/live");

        await cluster.BecomesAsync("1", "get", "pod", "probed", "-o", "jsonpath={.status.containerStatuses[0].restartCount}");
        await cluster.OkAsync("delete", "pod", "probed", "--now");
    }

    [Fact]
    public async Task Naru_Killed_PodsGoOnAndAreTakenOver()
    {
        cluster.Required();
        await cluster.OkAsync("run", "lasting", $"--image={PodCluster.Image}", "--command", "--", "sleep", "1000");
        await cluster.OkAsync("wait", "pod/lasting", "--for=condition=Ready", "--timeout=60s");
        var before = await cluster.OkAsync("get", "pod", "lasting", "-o", "jsonpath={.status.containerStatuses[0].containerID} {.status.podIP}");
        await cluster.Naru!.KillAsync();
        await cluster.Naru.StartAgainAsync();

        await cluster.BecomesAsync(before, "get", "pod", "lasting", "-o", "jsonpath={.status.containerStatuses[0].containerID} {.status.podIP}");
        Assert.Equal("0 true", await cluster.OkAsync("get", "pod", "lasting", "-o", "jsonpath={.status.containerStatuses[0].restartCount} {.status.containerStatuses[0].ready}"));
        await cluster.BecomesAsync("lasting", "exec", "lasting", "--", "hostname");
        await cluster.OkAsync("delete", "pod", "lasting", "--now");
    }
}
