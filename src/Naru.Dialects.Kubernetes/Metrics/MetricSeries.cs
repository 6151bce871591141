namespace Naru.Dialects.Kubernetes.Metrics;

/// <summary>One series of a metric: its labels as text and what was counted.</summary>
internal sealed class MetricSeries(string labels, double[]? bounds)
{
    private readonly Lock _lock = new();
    private readonly long[]? _buckets = bounds is null ? null : new long[bounds.Length];
    private double _sum;
    private long _count;

    /// <summary>Labels without braces: <c>a="b",c="d"</c>.</summary>
    public string Labels => labels;

    /// <summary>Adds to a counter.</summary>
    public void Add(double value)
    {
        lock (_lock)
        {
            _sum += value;
        }
    }

    /// <summary>Sets what was observed.</summary>
    public void Set(double value)
    {
        lock (_lock)
        {
            _sum = value;
        }
    }

    /// <summary>Puts a value into its bucket.</summary>
    public void Record(double value)
    {
        lock (_lock)
        {
            _sum += value;
            _count++;
            for (var index = 0; index < bounds!.Length; index++)
            {
                if (value <= bounds[index])
                {
                    _buckets![index]++;
                    break;
                }
            }
        }
    }

    /// <summary>What was counted so far; the buckets one by one.</summary>
    public (double Sum, long Count, long[] Buckets) Read()
    {
        lock (_lock)
        {
            return (_sum, _count, _buckets is null ? [] : [.. _buckets]);
        }
    }
}
