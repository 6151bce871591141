using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Http;
using Naru.Ingress.Proxying;

namespace Naru.Ingress.Gates;

/// <summary>So many requests for each client: a bucket that fills steadily and holds a burst.</summary>
internal sealed class RateGate(double perSecond, double burst, IPNetwork[] exempt, ForwardedHeaders forwarded, TimeProvider time) : IGate
{
    private const int Crowd = 4096;

    private readonly ConcurrentDictionary<IPAddress, Bucket> _buckets = new();

    public async ValueTask<bool> PassAsync(Exchange exchange)
    {
        var client = forwarded.ClientOf(exchange);
        if (Array.Exists(exempt, network => network.Contains(client)))
        {
            return true;
        }

        var now = time.GetTimestamp();
        if (_buckets.Count > Crowd)
        {
            Forget(now);
        }

        if (_buckets.GetOrAdd(client, static (_, start) => new Bucket(start.Burst, start.Now), (Burst: burst, Now: now)).Take(this, now))
        {
            return true;
        }

        exchange.Http.Response.Headers.RetryAfter = "1";
        await AnswerPages.WriteAsync(exchange, StatusCodes.Status503ServiceUnavailable, "Too many requests from this address.");
        return false;
    }

    /// <summary>Full buckets say nothing that a new one would not.</summary>
    private void Forget(long now)
    {
        foreach (var (client, bucket) in _buckets)
        {
            if (bucket.IsFull(this, now))
            {
                _buckets.TryRemove(new KeyValuePair<IPAddress, Bucket>(client, bucket));
            }
        }
    }

    private sealed class Bucket(double level, long filled)
    {
        private readonly Lock _lock = new();
        private double _level = level;
        private long _filled = filled;

        public bool Take(RateGate gate, long now)
        {
            lock (_lock)
            {
                Fill(gate, now);
                if (_level < 1)
                {
                    return false;
                }

                _level--;
                return true;
            }
        }

        public bool IsFull(RateGate gate, long now)
        {
            lock (_lock)
            {
                Fill(gate, now);
                return _level >= gate.Burst;
            }
        }

        private void Fill(RateGate gate, long now)
        {
            _level = Math.Min(gate.Burst, _level + (gate.Time.GetElapsedTime(_filled, now).TotalSeconds * gate.PerSecond));
            _filled = now;
        }
    }

    private double Burst => burst;

    private double PerSecond => perSecond;

    private TimeProvider Time => time;
}
