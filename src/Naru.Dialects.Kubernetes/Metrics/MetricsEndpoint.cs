using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using Naru.Dialects.Kubernetes.Answers;
using Naru.Dialects.Kubernetes.Server;

namespace Naru.Dialects.Kubernetes.Metrics;

/// <summary><c>/metrics</c>: hears all of Naru's meters and tells what they counted as Prometheus reads it.</summary>
internal sealed class MetricsEndpoint : IPathEndpoint, IDisposable
{
    private readonly ConcurrentDictionary<Instrument, MetricFamily> _families = new();
    private readonly MeterListener _listener = new();
    private readonly AnswerSender _sender;

    public MetricsEndpoint(AnswerSender sender)
    {
        _sender = sender;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith("Naru", StringComparison.Ordinal))
            {
                var family = new MetricFamily(instrument);
                family = instrument is UpDownCounter<long> or UpDownCounter<int> or UpDownCounter<double> ? family.AddsUp() : family;
                _families[instrument] = family;
                listener.EnableMeasurementEvents(instrument, family);
            }
        };
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => ((MetricFamily)state!).Take(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => ((MetricFamily)state!).Take(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => ((MetricFamily)state!).Take(value, tags));
        _listener.Start();
    }

    public bool Takes(string path) => path is "/metrics" or "/metrics/slis";

    public Task HandleAsync(Exchange exchange)
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder(16 * 1024);
        foreach (var family in _families.Values.OrderBy(static one => one.Name, StringComparer.Ordinal))
        {
            family.Write(text);
        }

        WriteProcess(text);
        return _sender.SendAsync(exchange, new Payload(Encoding.UTF8.GetBytes(text.ToString())), 200, "text/plain; version=0.0.4; charset=utf-8");
    }

    public void Dispose() => _listener.Dispose();

    private static void WriteProcess(StringBuilder text)
    {
        Gauge(text, "process_resident_memory_bytes", "Resident memory size in bytes.", Environment.WorkingSet);
        Gauge(text, "dotnet_gc_heap_bytes", "Bytes that the garbage collector holds.", GC.GetTotalMemory(false));
        Gauge(text, "process_cpu_seconds_total", "Total user and system CPU time spent in seconds.", Environment.CpuUsage.TotalTime.TotalSeconds);
    }

    private static void Gauge(StringBuilder text, string name, string help, double value) =>
        text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(name.EndsWith("_total", StringComparison.Ordinal) ? " counter\n" : " gauge\n")
            .Append(name).Append(' ').Append(value.ToString("R", System.Globalization.CultureInfo.InvariantCulture)).Append('\n');
}
