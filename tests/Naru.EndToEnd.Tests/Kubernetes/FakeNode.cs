using System.Globalization;
using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Naru.EndToEnd.Tests.Kubernetes;

/// <summary>
/// A node without containers: it is ready, keeps its lease, says of every pod that is bound to it that it runs (or, with
/// <c>restartPolicy: Never</c> or <c>OnFailure</c>, that it has succeeded), and lets deleted pods go.
/// </summary>
internal sealed class FakeNode : IAsyncDisposable
{
    private const string Leases = "kube-node-lease";
    private readonly CancellationTokenSource _stop = new();
    private readonly IKubernetes _client;
    private readonly Task _running;
    private int _address;

    private FakeNode(IKubernetes client, string name)
    {
        _client = client;
        Name = name;
        _running = Task.WhenAll(FollowAsync(), BeatAsync());
    }

    public string Name { get; }

    /// <summary>Makes the node and starts it.</summary>
    public static async Task<FakeNode> StartAsync(IKubernetes client, string pods = "110")
    {
        var name = "node-" + Guid.NewGuid().ToString("n")[..8];
        await client.CoreV1.CreateNodeAsync(new V1Node { Metadata = new V1ObjectMeta { Name = name, Labels = new Dictionary<string, string> { ["kubernetes.io/hostname"] = name, ["kubernetes.io/os"] = "linux" } } });
        var node = new FakeNode(client, name);
        await node.ReportAsync(pods);
        return node;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _client.CoreV1.DeleteNodeAsync(Name);
        _stop.Dispose();
    }

    private async Task ReportAsync(string pods)
    {
        var capacity = new Dictionary<string, string> { ["cpu"] = "8", ["memory"] = "16Gi", ["pods"] = pods };
        var now = DateTimeOffset.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var status = new
        {
            status = new
            {
                capacity,
                allocatable = capacity,
                addresses = new[] { new { type = "InternalIP", address = "10.9.8.7" }, new { type = "Hostname", address = Name } },
                nodeInfo = new
                {
                    kubeletVersion = "v1.36.2",
                    osImage = "Debian",
                    kernelVersion = "6.1",
                    containerRuntimeVersion = "naru://1",
                    architecture = "amd64",
                    operatingSystem = "linux",
                    bootID = "b",
                    machineID = "m",
                    systemUUID = "s",
                    kubeProxyVersion = "",
                },
                conditions = new[] { new { type = "Ready", status = "True", reason = "KubeletReady", message = "ready", lastHeartbeatTime = now, lastTransitionTime = now } },
            },
        };
        await _client.CoreV1.PatchNodeStatusAsync(new V1Patch(status, V1Patch.PatchType.StrategicMergePatch), Name, cancellationToken: _stop.Token);
    }

    private async Task BeatAsync()
    {
        try
        {
            var lease = await _client.CoordinationV1.CreateNamespacedLeaseAsync(
                new V1Lease { Metadata = new V1ObjectMeta { Name = Name }, Spec = new V1LeaseSpec { HolderIdentity = Name, LeaseDurationSeconds = 40, RenewTime = DateTime.UtcNow } }, Leases, cancellationToken: _stop.Token);
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(5));
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                lease.Spec.RenewTime = DateTime.UtcNow;
                lease = await _client.CoordinationV1.ReplaceNamespacedLeaseAsync(lease, Name, Leases, cancellationToken: _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task FollowAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var list = await _client.CoreV1.ListPodForAllNamespacesAsync(fieldSelector: $"spec.nodeName={Name}", cancellationToken: _stop.Token);
                foreach (var pod in list.Items)
                {
                    await ServeAsync(pod);
                }

                await foreach (var (type, pod) in _client.CoreV1.WatchListPodForAllNamespacesAsync(fieldSelector: $"spec.nodeName={Name}", resourceVersion: list.Metadata.ResourceVersion, cancellationToken: _stop.Token))
                {
                    if (type is WatchEventType.Added or WatchEventType.Modified)
                    {
                        await ServeAsync(pod);
                    }
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or HttpOperationException or HttpRequestException or IOException)
            {
                // Ended, or to be listed anew.
            }
        }
    }

    private async Task ServeAsync(V1Pod pod)
    {
        try
        {
            if (pod.Metadata.DeletionTimestamp is not null)
            {
                await _client.CoreV1.DeleteNamespacedPodAsync(pod.Name(), pod.Namespace(), gracePeriodSeconds: 0, cancellationToken: _stop.Token);
            }
            else if (pod.Status?.Phase is null or "Pending")
            {
                await _client.CoreV1.PatchNamespacedPodStatusAsync(new V1Patch(StatusOf(pod), V1Patch.PatchType.StrategicMergePatch), pod.Name(), pod.Namespace(), cancellationToken: _stop.Token);
            }
        }
        catch (HttpOperationException exception) when (exception.Response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
        {
            // Gone or changed meanwhile; another event tells.
        }
    }

    private object StatusOf(V1Pod pod)
    {
        var now = DateTimeOffset.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var ends = pod.Spec.RestartPolicy != "Always";
        var ready = ends ? "False" : "True";
        object state = ends ? new { terminated = new { exitCode = 0, reason = "Completed", startedAt = now, finishedAt = now } } : new { running = new { startedAt = now } };
        var ip = $"10.9.{Interlocked.Increment(ref _address) / 250}.{(_address % 250) + 1}";
        return new
        {
            status = new
            {
                phase = ends ? "Succeeded" : "Running",
                startTime = now,
                podIP = ip,
                podIPs = new[] { new { ip } },
                conditions = new[] { new { type = "Ready", status = ready, lastTransitionTime = now }, new { type = "ContainersReady", status = ready, lastTransitionTime = now }, new { type = "Initialized", status = "True", lastTransitionTime = now } },
                containerStatuses = pod.Spec.Containers.Select(one => new { name = one.Name, image = one.Image, imageID = "sha256:0", ready = !ends, started = !ends, restartCount = 0, state }).ToArray(),
            },
        };
    }
}
