namespace Naru.Ingress.Backends;

/// <summary>The endpoints of one port of a service, as they are now. Routes hold it and need not change when endpoints do.</summary>
internal sealed class ServiceBackend(BackendKey key)
{
    private static readonly BackendState Unknown = new(BackendStanding.NoService, [], BackendProtocol.Http);

    private volatile BackendState _state = Unknown;
    private uint _turn;

    public BackendKey Key => key;

    public BackendState State => _state;

    /// <summary>How many of the sources of routes name it. For the writer.</summary>
    public int References { get; set; }

    /// <summary>Replaces the endpoints; those that stay keep what is known about them.</summary>
    public void Set(BackendState state)
    {
        var old = _state.Endpoints.ToDictionary(static one => one.Address);
        _state = state with { Endpoints = [.. state.Endpoints.Select(one => old.GetValueOrDefault(one.Address, one))] };
    }

    /// <summary>An endpoint for the next request: the less busy one of two that follow each other; suspects and those that were tried already only when there is no other.
    /// Null if there is none.</summary>
    public Endpoint? Pick(TimeProvider time, IReadOnlyCollection<Endpoint>? tried = null)
    {
        var endpoints = _state.Endpoints;
        if (endpoints.Length <= 1)
        {
            return endpoints.Length == 0 || tried?.Contains(endpoints[0]) == true ? null : endpoints[0];
        }

        var turn = Interlocked.Increment(ref _turn);
        Endpoint? first = null;
        Endpoint? suspect = null;
        for (var step = 0; step < endpoints.Length; step++)
        {
            var one = endpoints[(turn + step) % endpoints.Length];
            if (tried?.Contains(one) == true)
            {
                continue;
            }

            if (one.IsSuspect(time))
            {
                suspect ??= one;
            }
            else if (first is null)
            {
                first = one;
            }
            else
            {
                return one.Running < first.Running ? one : first;
            }
        }

        return first ?? suspect;
    }

    /// <summary>The endpoint of a mark; null if it is gone.</summary>
    public Endpoint? Find(ReadOnlySpan<char> mark)
    {
        foreach (var one in _state.Endpoints)
        {
            if (mark.SequenceEqual(one.Mark))
            {
                return one;
            }
        }

        return null;
    }
}

/// <summary>What is known about a backend.</summary>
internal sealed record BackendState(BackendStanding Standing, Endpoint[] Endpoints, BackendProtocol Protocol);

/// <summary>Whether there is something behind a name.</summary>
internal enum BackendStanding
{
    NoService,
    NoPort,
    Known,
}
