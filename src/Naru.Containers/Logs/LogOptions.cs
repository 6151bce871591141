using Naru.Core.Units;

namespace Naru.Containers.Logs;

/// <summary>How much of a container's output is kept where the container's own options do not say.</summary>
public sealed record LogOptions
{
    /// <summary>Driver of containers that ask for none; default <c>json-file</c>.</summary>
    public string Driver { get; init; } = "json-file";

    /// <summary>A log file is rotated when it holds so much; zero or less: never. Default 20 MiB.</summary>
    public ByteSize MaxSize { get; init; } = ByteSize.FromMebibytes(20);

    /// <summary>Files kept, the one being written included; default 3.</summary>
    public int MaxFiles { get; init; } = 3;
}
