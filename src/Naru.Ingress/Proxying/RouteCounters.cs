using Naru.Ingress.Routing;

namespace Naru.Ingress.Proxying;

/// <summary>What the requests of one object did: counted without a lock and told when somebody asks.</summary>
internal sealed class RouteCounters(SourceKey source)
{
    /// <summary>Upper bounds of the durations that are told apart, seconds.</summary>
    public static readonly double[] Bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly long[] _durations = new long[Bounds.Length + 1];
    private long[]? _codes;
    private long _microseconds;
    private long _retries;

    public SourceKey Source => source;

    /// <summary>Tries beyond the first.</summary>
    public long Retries => Volatile.Read(ref _retries);

    /// <summary>Sum of all durations, seconds.</summary>
    public double Seconds => Volatile.Read(ref _microseconds) / 1e6;

    public void Count(int code, TimeSpan took)
    {
        var codes = _codes ?? Interlocked.CompareExchange(ref _codes, new long[600], null) ?? _codes;
        Interlocked.Increment(ref codes[Math.Clamp(code, 0, codes.Length - 1)]);
        var seconds = took.TotalSeconds;
        var place = 0;
        while (place < Bounds.Length && seconds > Bounds[place])
        {
            place++;
        }

        Interlocked.Increment(ref _durations[place]);
        Interlocked.Add(ref _microseconds, (long)took.TotalMicroseconds);
    }

    public void CountRetry() => Interlocked.Increment(ref _retries);

    /// <summary>The codes that were answered and how often.</summary>
    public IEnumerable<(int Code, long Count)> Codes()
    {
        for (var code = 0; code < (_codes?.Length ?? 0); code++)
        {
            if (Volatile.Read(ref _codes![code]) is > 0 and var count)
            {
                yield return (code, count);
            }
        }
    }

    /// <summary>How many requests took at most each bound; the last is all of them.</summary>
    public IEnumerable<(string Bound, long Count)> Durations()
    {
        var sum = 0L;
        for (var place = 0; place < _durations.Length; place++)
        {
            sum += Volatile.Read(ref _durations[place]);
            yield return (place < Bounds.Length ? Bounds[place].ToString(System.Globalization.CultureInfo.InvariantCulture) : "+Inf", sum);
        }
    }
}
