namespace Naru.Cluster.Bench.Load;

/// <summary>Counts of latencies in steps of 5 %.</summary>
internal sealed class Latencies
{
    private readonly long[] _counts = new long[400];

    public long Count => _counts.Sum();

    public void Add(double microseconds) => Interlocked.Increment(ref _counts[Math.Clamp((int)(Math.Log(Math.Max(1, microseconds)) / Math.Log(1.05)), 0, _counts.Length - 1)]);

    /// <summary>Takes over the counts of others.</summary>
    public void Add(Latencies others)
    {
        for (var step = 0; step < _counts.Length; step++)
        {
            _counts[step] += others._counts[step];
        }
    }

    /// <summary>Milliseconds that a part of all stays below.</summary>
    public double At(double part)
    {
        var wanted = (long)(_counts.Sum() * part);
        var step = 0;
        for (var seen = 0L; step < _counts.Length && (seen += _counts[step]) <= wanted; step++)
        {
        }

        return Math.Pow(1.05, step + 1) / 1000;
    }
}
