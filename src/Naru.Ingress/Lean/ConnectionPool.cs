using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Naru.Ingress.Backends;

namespace Naru.Ingress.Lean;

/// <summary>Connections that rest, by endpoint; the one that rested last is used first, so that those too many come to their end.</summary>
internal sealed class ConnectionPool
{
    private const int Most = 512;

    // Endpoints close idle connections themselves; who is first avoids a request that runs into a closing one.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    private readonly ConditionalWeakTable<Endpoint, ConcurrentStack<LeanConnection>> _all = [];

    /// <summary>A connection that rested; null if there is none.</summary>
    public LeanConnection? Take(Endpoint endpoint)
    {
        if (!_all.TryGetValue(endpoint, out var stack))
        {
            return null;
        }

        while (stack.TryPop(out var connection))
        {
            if (connection.TryTake())
            {
                return connection;
            }

            connection.Dispose();
        }

        return null;
    }

    /// <summary>Lets a connection rest until somebody takes it.</summary>
    public void Return(Endpoint endpoint, LeanConnection connection)
    {
        var stack = _all.GetValue(endpoint, static _ => new ConcurrentStack<LeanConnection>());
        if (stack.Count < Most && connection.Rest(Rest))
        {
            stack.Push(connection);
        }
        else
        {
            connection.Dispose();
        }
    }

    /// <summary>Closes all that rest at an endpoint.</summary>
    public void Clear(Endpoint endpoint)
    {
        while (Take(endpoint) is { } connection)
        {
            connection.Dispose();
        }
    }
}
