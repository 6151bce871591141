namespace Naru.Ingress.Proxying;

/// <summary>How long a backend may take, and how much a client may send.</summary>
internal sealed record ForwardLimits
{
    public static readonly ForwardLimits Default = new();

    /// <summary>For a connection to an endpoint.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Between two pieces of a request or an answer.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>For the whole request; null: as long as it moves.</summary>
    public TimeSpan? Request { get; init; }

    /// <summary>For one try at an endpoint until its answer has ended; null: no limit of its own.</summary>
    public TimeSpan? Backend { get; init; }

    /// <summary>Largest body of a request, bytes; null: no limit.</summary>
    public long? Body { get; init; } = 1L << 30;

    /// <summary>How many endpoints are tried where none can be reached.</summary>
    public int Tries { get; init; } = 3;
}
