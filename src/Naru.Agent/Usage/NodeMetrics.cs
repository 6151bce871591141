using System.Globalization;
using System.Text;
using Naru.Agent.Pods;
using Naru.Core.Containers;

namespace Naru.Agent.Usage;

/// <summary>What a node uses as Prometheus reads it: the families of <c>/metrics/cadvisor</c> and <c>/metrics/resource</c>. Pure.</summary>
internal static class NodeMetrics
{
    private const double Billion = 1e9;

    /// <summary>Containers, pods and the node, processor and memory alone.</summary>
    public static string Resource(NodeReading node)
    {
        var text = new Families();
        text.Add("container_cpu_usage_seconds_total", "counter", "Cumulative cpu time consumed by the container in core-seconds", Containers(node, static one => one.Sample.CpuTotal / Billion));
        text.Add("container_memory_working_set_bytes", "gauge", "Current working set of the container in bytes", Containers(node, static one => UsageSampler.WorkingSet(one.Sample)));
        text.Add("container_start_time_seconds", "gauge", "Start time of the container since unix epoch in seconds", Containers(node, static one => Seconds(one.Container)));
        text.Add("node_cpu_usage_seconds_total", "counter", "Cumulative cpu time consumed by the node in core-seconds", [("", Nodes.HostReadings.BusyNanoseconds() / Billion)]);
        text.Add("node_memory_working_set_bytes", "gauge", "Current working set of the node in bytes", [("", Nodes.HostReadings.MemoryUsed())]);
        text.Add("pod_cpu_usage_seconds_total", "counter", "Cumulative cpu time consumed by the pod in core-seconds", node.Each.Select(static pod => (PodLabels(pod.Pod), pod.Sample.CpuTotal / Billion)));
        text.Add("pod_memory_working_set_bytes", "gauge", "Current working set of the pod in bytes", node.Each.Select(static pod => (PodLabels(pod.Pod), (double)UsageSampler.WorkingSet(pod.Sample))));
        text.Add("resource_scrape_error", "gauge", "1 if there was an error while getting container metrics, 0 otherwise", [("", 0)]);
        return text.ToString();

        static IEnumerable<(string, double)> Containers(NodeReading node, Func<ContainerReading, double> value) =>
            from pod in node.Each from one in pod.Containers select ($"container=\"{one.Container.Name}\",{PodLabels(pod.Pod)}", value(one));
    }

    /// <summary>Containers in detail.</summary>
    public static string Cadvisor(NodeReading node)
    {
        var text = new Families();
        var all = node.Each.SelectMany(pod => pod.Containers.Select(one => (Labels: Labels(pod.Pod, one.Container), one.Sample, one.Container, one.Writable))).ToList();
        Add("container_cpu_usage_seconds_total", "counter", "Cumulative cpu time consumed in seconds.", ",cpu=\"total\"", static one => one.CpuTotal / Billion);
        Add("container_cpu_user_seconds_total", "counter", "Cumulative user cpu time consumed in seconds.", "", static one => one.CpuUser / Billion);
        Add("container_cpu_system_seconds_total", "counter", "Cumulative system cpu time consumed in seconds.", "", static one => one.CpuKernel / Billion);
        Add("container_cpu_cfs_periods_total", "counter", "Number of elapsed enforcement period intervals.", "", static one => one.Throttling.Periods);
        Add("container_cpu_cfs_throttled_periods_total", "counter", "Number of throttled period intervals.", "", static one => one.Throttling.Throttled);
        Add("container_cpu_cfs_throttled_seconds_total", "counter", "Total time duration the container has been throttled.", "", static one => one.Throttling.ThrottledTime / Billion);
        Add("container_memory_usage_bytes", "gauge", "Current memory usage in bytes, including all memory regardless of when it was accessed.", "", static one => one.Memory);
        Add("container_memory_working_set_bytes", "gauge", "Current working set in bytes.", "", static one => UsageSampler.WorkingSet(one));
        Add("container_memory_rss", "gauge", "Size of RSS in bytes.", "", static one => StatsSummary.Detail(one, "total_rss", "anon"));
        Add("container_memory_cache", "gauge", "Number of bytes of page cache memory.", "", static one => StatsSummary.Detail(one, "total_cache", "file"));
        Add("container_memory_max_usage_bytes", "gauge", "Maximum memory usage recorded in bytes.", "", static one => one.MemoryPeak ?? 0);
        Add("container_memory_failcnt", "counter", "Number of memory usage hits limits.", "", static one => one.MemoryFailures ?? 0);
        Add("container_spec_memory_limit_bytes", "gauge", "Memory limit for the container.", "", static one => one.MemoryLimit);
        Add("container_processes", "gauge", "Number of processes running inside the container.", "", static one => one.Pids);
        text.Add("container_spec_cpu_shares", "gauge", "CPU share of the container.", all.Select(static one => (one.Labels, (double)one.Container.Engine.Spec.Resources.CpuShares)));
        text.Add("container_start_time_seconds", "gauge", "Start time of the container since unix epoch in seconds.", all.Select(static one => (one.Labels, Seconds(one.Container))));
        text.Add("container_fs_usage_bytes", "gauge", "Number of bytes that are consumed by the container on this filesystem.", all.Select(static one => (one.Labels, (double)one.Writable)));
        AddLinks("container_network_receive_bytes_total", "Cumulative count of bytes received", static one => one.ReceivedBytes);
        AddLinks("container_network_receive_packets_total", "Cumulative count of packets received", static one => one.ReceivedPackets);
        AddLinks("container_network_receive_packets_dropped_total", "Cumulative count of packets dropped while receiving", static one => one.ReceivedDropped);
        AddLinks("container_network_receive_errors_total", "Cumulative count of errors encountered while receiving", static one => one.ReceivedErrors);
        AddLinks("container_network_transmit_bytes_total", "Cumulative count of bytes transmitted", static one => one.SentBytes);
        AddLinks("container_network_transmit_packets_total", "Cumulative count of packets transmitted", static one => one.SentPackets);
        AddLinks("container_network_transmit_packets_dropped_total", "Cumulative count of packets dropped while transmitting", static one => one.SentDropped);
        AddLinks("container_network_transmit_errors_total", "Cumulative count of errors encountered while transmitting", static one => one.SentErrors);
        text.Add("machine_cpu_cores", "gauge", "Number of logical CPU cores.", [("", Environment.ProcessorCount)]);
        return text.ToString();

        void Add(string name, string type, string help, string more, Func<UsageSample, double> value) =>
            text.Add(name, type, help, all.Select(one => (one.Labels + more, value(one.Sample))));

        void AddLinks(string name, string help, Func<LinkCounters, double> value) => text.Add(name, "counter", help,
            from pod in node.Each where pod.Sandbox is not null from link in pod.Links select ($"{Labels(pod.Pod, pod.Sandbox!)},interface=\"{link.Key}\"", value(link.Value)));
    }

    private static double Seconds(PodContainer container) => (container.Engine.Status.StartedAt ?? container.Engine.Created).ToUnixTimeMilliseconds() / 1000.0;

    private static string PodLabels(PodView pod) => $"namespace=\"{pod.Namespace}\",pod=\"{pod.Name}\"";

    private static string Labels(PodView pod, PodContainer container) =>
        $"container=\"{container.Name}\",id=\"{container.Engine.Spec.Resources.CgroupParent}/{container.Id.Value}\",image=\"{container.Engine.Spec.Image}\",name=\"{container.Engine.Name}\",{PodLabels(pod)}";

    private sealed class Families
    {
        private readonly StringBuilder _text = new();

        public void Add(string name, string type, string help, IEnumerable<(string Labels, double Value)> series)
        {
            _text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
            foreach (var (labels, value) in series)
            {
                _text.Append(name).Append(labels.Length > 0 ? "{" : "").Append(labels).Append(labels.Length > 0 ? "} " : " ").Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
            }
        }

        public override string ToString() => _text.ToString();
    }
}
