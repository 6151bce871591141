namespace Naru.Ingress.Lean;

/// <summary>The client's side of a request on the short way: what the endpoint is asked, and where its answer goes.</summary>
internal interface ILeanClient
{
    /// <summary>Whether only the head of the answer is wanted.</summary>
    bool WantsHeadOnly { get; }

    /// <summary>Whether the client has left.</summary>
    bool IsGone { get; }

    /// <summary>The head for the endpoint; as long as the answer has not begun.</summary>
    /// <exception cref="InvalidDataException">A value would break out of its line.</exception>
    ReadOnlyMemory<byte> WriteHead();

    /// <summary>Until <see cref="UnwatchAsync"/> the client's leaving ends this connection.</summary>
    void Watch(LeanConnection connection);

    /// <summary>The connection is safe from the client.</summary>
    ValueTask UnwatchAsync();

    /// <summary>The answer begins: its fields follow.</summary>
    void Begin(int code);

    /// <summary>Takes a field of the answer that is not about its hop or its framing.</summary>
    /// <param name="name">The name as it came.</param>
    /// <param name="known">The same as text, if it is one that most answers have.</param>
    /// <param name="value">Without space around it.</param>
    /// <exception cref="InvalidDataException">It cannot be passed on.</exception>
    void Add(ReadOnlySpan<byte> name, string? known, ReadOnlySpan<byte> value);

    /// <summary>Takes fields back that the answer has named as its hop's own.</summary>
    void Drop(IReadOnlyCollection<string> names);

    /// <summary>All fields were there.</summary>
    void Accept(ResponseHead head);

    /// <summary>Sends the head: the first bytes behind it may be long in coming.</summary>
    ValueTask StartAsync();

    /// <summary>Room for the next bytes of the body, at least so many.</summary>
    Memory<byte> GetMemory(int size);

    /// <summary>Sends so many bytes that were put into the room.</summary>
    /// <exception cref="OperationCanceledException">The client is gone.</exception>
    ValueTask AdvanceAsync(int count);

    /// <summary>The answer is whole.</summary>
    ValueTask EndAsync();
}
