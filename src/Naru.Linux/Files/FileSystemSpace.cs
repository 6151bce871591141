namespace Naru.Linux.Files;

/// <summary>Room of a file system, in bytes and in inodes.</summary>
public readonly record struct FileSystemSpace
{
    public required long Total { get; init; }

    public required long Free { get; init; }

    /// <summary>What is left for processes without privilege.</summary>
    public required long Available { get; init; }

    public required long Files { get; init; }

    public required long FreeFiles { get; init; }
}
