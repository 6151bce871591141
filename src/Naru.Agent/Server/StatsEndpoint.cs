using System.Globalization;
using Microsoft.AspNetCore.Http;
using Naru.Agent.Nodes;
using Naru.Agent.Probes;
using Naru.Agent.Usage;
using Naru.Objects.Api;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Agent.Server;

/// <summary>What this node uses and how it is set up, as monitoring asks a kubelet for it.</summary>
internal sealed class StatsEndpoint(NodeReadings readings, NodeIdentity identity, AgentOptions options, ProbeCounts probes)
{
    /// <summary><c>/stats/summary</c>.</summary>
    public async Task SummaryAsync(HttpContext context) => await WriteAsync(context, StatsSummary.Of(await readings.ReadAsync(context.RequestAborted)));

    /// <summary><c>/metrics/cadvisor</c>.</summary>
    public async Task CadvisorAsync(HttpContext context) => await WriteAsync(context, NodeMetrics.Cadvisor(await readings.ReadAsync(context.RequestAborted)));

    /// <summary><c>/metrics/resource</c>.</summary>
    public async Task ResourceAsync(HttpContext context) => await WriteAsync(context, NodeMetrics.Resource(await readings.ReadAsync(context.RequestAborted)));

    /// <summary><c>/metrics/probes</c>.</summary>
    public Task ProbesAsync(HttpContext context) => WriteAsync(context, probes.Show());

    /// <summary><c>/metrics</c>: the agent itself.</summary>
    public async Task OwnAsync(HttpContext context)
    {
        var node = await readings.ReadAsync(context.RequestAborted);
        var running = node.Each.Count(static one => one.Sandbox is not null);
        await WriteAsync(context, string.Create(CultureInfo.InvariantCulture, $$"""
            # HELP kubelet_node_name The node's name. The count is always 1.
            # TYPE kubelet_node_name gauge
            kubelet_node_name{node="{{identity.Name}}"} 1
            # HELP kubelet_running_pods Number of pods that have a running pod sandbox
            # TYPE kubelet_running_pods gauge
            kubelet_running_pods {{running}}
            # HELP kubelet_running_containers Number of containers currently running
            # TYPE kubelet_running_containers gauge
            kubelet_running_containers{container_state="running"} {{node.Each.Sum(static one => one.Containers.Count)}}
            # HELP kubernetes_build_info A metric with a constant '1' value labeled by version.
            # TYPE kubernetes_build_info gauge
            kubernetes_build_info{git_version="{{KubernetesVersion.Git}}",major="{{KubernetesVersion.Major}}",minor="{{KubernetesVersion.Minor}}",platform="linux"} 1

            """) + VolumeMetrics.Of(node));
    }

    /// <summary><c>/configz</c>: options in a kubelet's words.</summary>
    public Task ConfigurationAsync(HttpContext context) => WriteAsync(context, new MapValue
    {
        {
            "kubeletconfig", new MapValue
            {
                { "kind", "KubeletConfiguration" },
                { "apiVersion", "kubelet.config.k8s.io/v1beta1" },
                { "clusterDomain", options.ClusterDomain },
                { "clusterDNS", new ListValue(options.ClusterDns.Select(static one => new TextValue(one))) },
                { "maxPods", (long)options.MaxPods },
                { "podPidsLimit", options.PodProcesses },
                { "allowedUnsafeSysctls", new ListValue(options.AllowedSysctls.Select(static one => new TextValue(one))) },
                { "cgroupDriver", "cgroupfs" },
                { "nodeStatusUpdateFrequency", $"{options.StatusInterval.TotalSeconds}s" },
                { "nodeLeaseDurationSeconds", 40L },
            }
        },
    });

    private static async Task WriteAsync(HttpContext context, MapValue body)
    {
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(JsonText.ToBytes(body), context.RequestAborted);
    }

    private static async Task WriteAsync(HttpContext context, string text)
    {
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        await context.Response.WriteAsync(text, context.RequestAborted);
    }
}
