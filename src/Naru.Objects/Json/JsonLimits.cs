namespace Naru.Objects.Json;

/// <summary>What a reader of JSON or YAML puts up with.</summary>
public sealed record JsonLimits
{
    /// <summary>The limits unless told otherwise.</summary>
    public static readonly JsonLimits Default = new();

    /// <summary>Maps and lists within each other, at most.</summary>
    public int Depth { get; init; } = 512;

    /// <summary>Bytes, at most; the HTTP edge has a lower limit of its own.</summary>
    public int Size { get; init; } = 64 * 1024 * 1024;
}
