using System.Runtime.CompilerServices;
using Naru.Ingress.Backends;
using Naru.Ingress.Listening;
using Naru.Linux.Sockets;

namespace Naru.Ingress.Lean;

/// <summary>Connections that rest, by endpoint and thread; the one that rested last is used first, so that those too many come to their end.</summary>
internal sealed class ConnectionPool(SocketLoops loops)
{
    private const int Most = 512;

    // Endpoints close idle connections themselves; who is first avoids a request that runs into a closing one.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    private readonly ConditionalWeakTable<Endpoint, Stack<LeanConnection>[]> _all = [];

    /// <summary>A connection that rested on a thread; null if there is none.</summary>
    public LeanConnection? Take(Endpoint endpoint, ReadyLoop loop)
    {
        if (!_all.TryGetValue(endpoint, out var stacks))
        {
            return null;
        }

        while (Pop(stacks[loop.Index]) is { } connection)
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
        var stack = _all.GetValue(endpoint, MakeStacks)[connection.Loop.Index];
        if (!connection.Rest(Rest))
        {
            connection.Dispose();
            return;
        }

        lock (stack)
        {
            if (stack.Count < Most)
            {
                stack.Push(connection);
                return;
            }
        }

        connection.Dispose();
    }

    /// <summary>Closes all that rest at an endpoint.</summary>
    public void Clear(Endpoint endpoint)
    {
        foreach (var stack in _all.TryGetValue(endpoint, out var stacks) ? stacks : [])
        {
            while (Pop(stack) is { } connection)
            {
                connection.Dispose();
            }
        }
    }

    private static LeanConnection? Pop(Stack<LeanConnection> stack)
    {
        lock (stack)
        {
            return stack.TryPop(out var connection) ? connection : null;
        }
    }

    private Stack<LeanConnection>[] MakeStacks(Endpoint endpoint) => [.. Enumerable.Range(0, loops.Count).Select(static _ => new Stack<LeanConnection>())];
}
