using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Naru.Dialects.Kubernetes.Metrics;

/// <summary>All series of one metric.</summary>
internal sealed class MetricFamily
{
    // Labels that clients choose must not fill the memory.
    private const int MostSeries = 10_000;

    private readonly ConcurrentDictionary<SeriesKey, MetricSeries> _series = new();
    private readonly string _type;
    private readonly double[]? _bounds;
    private readonly string _help;

    public MetricFamily(Instrument instrument)
    {
        Name = instrument.Name.Replace('.', '_').Replace('-', '_');
        _help = instrument.Description ?? "";
        var kind = instrument.GetType().Name;
        _type = kind.StartsWith("Histogram", StringComparison.Ordinal) ? "histogram"
            : kind.StartsWith("Counter", StringComparison.Ordinal) || kind.StartsWith("ObservableCounter", StringComparison.Ordinal) ? "counter"
            : "gauge";
        IsObserved = instrument.IsObservable;
        _bounds = _type == "histogram" ? BoundsOf(instrument) : null;
    }

    /// <summary>Name as it is told.</summary>
    public string Name { get; }

    /// <summary>Its values are asked for, not added up.</summary>
    public bool IsObserved { get; }

    /// <summary>Takes a value.</summary>
    public void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var key = SeriesKey.Of(tags);
        if (!_series.TryGetValue(key, out var series))
        {
            if (_series.Count >= MostSeries)
            {
                return;
            }

            series = _series.GetOrAdd(key, new MetricSeries(LabelsOf(tags), _bounds));
        }

        if (_bounds is not null)
        {
            series.Record(value);
        }
        else if (IsObserved || _type == "gauge" && !_adds)
        {
            series.Set(value);
        }
        else
        {
            series.Add(value);
        }
    }

    /// <summary>Gauges that are added to (up-down counters), not set.</summary>
    public MetricFamily AddsUp()
    {
        _adds = true;
        return this;
    }

    private bool _adds;

    /// <summary>Writes the metric as Prometheus reads it.</summary>
    public void Write(StringBuilder text)
    {
        if (_series.IsEmpty)
        {
            return;
        }

        text.Append("# HELP ").Append(Name).Append(' ').Append(_help.Replace("\n", " ", StringComparison.Ordinal)).Append('\n');
        text.Append("# TYPE ").Append(Name).Append(' ').Append(_type).Append('\n');
        foreach (var series in _series.Values)
        {
            var (sum, count, buckets) = series.Read();
            if (_bounds is null)
            {
                Line(text, "", series.Labels, "", sum);
            }
            else
            {
                WriteHistogram(text, series.Labels, sum, count, buckets);
            }
        }
    }

    private void WriteHistogram(StringBuilder text, string labels, double sum, long count, long[] buckets)
    {
        var total = 0L;
        for (var index = 0; index < buckets.Length; index++)
        {
            total += buckets[index];
            Line(text, "_bucket", labels, _bounds![index].ToString("R", CultureInfo.InvariantCulture), total);
        }

        Line(text, "_bucket", labels, "+Inf", count);
        Line(text, "_sum", labels, "", sum);
        Line(text, "_count", labels, "", count);
    }

    private void Line(StringBuilder text, string suffix, string labels, string bound, double value)
    {
        text.Append(Name).Append(suffix);
        if (labels.Length > 0 || bound.Length > 0)
        {
            text.Append('{').Append(labels);
            if (bound.Length > 0)
            {
                text.Append(labels.Length > 0 ? "," : "").Append("le=\"").Append(bound).Append('"');
            }

            text.Append('}');
        }

        text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    private static double[] BoundsOf(Instrument instrument)
    {
        var bounds = instrument switch
        {
            Histogram<double> own => own.Advice?.HistogramBucketBoundaries?.ToArray(),
            Histogram<long> own => own.Advice?.HistogramBucketBoundaries?.Select(static one => (double)one).ToArray(),
            Histogram<int> own => own.Advice?.HistogramBucketBoundaries?.Select(static one => (double)one).ToArray(),
            _ => null,
        };
        return bounds ?? [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    }

    private static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in tags)
        {
            text.Append(text.Length > 0 ? "," : "").Append(name.Replace('.', '_')).Append("=\"");
            text.Append(Convert.ToString(value, CultureInfo.InvariantCulture)?.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal));
            text.Append('"');
        }

        return text.ToString();
    }
}
