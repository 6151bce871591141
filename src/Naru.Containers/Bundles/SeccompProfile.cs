using System.Text.Json.Serialization;

namespace Naru.Containers.Bundles;

/// <summary>A seccomp profile as Docker's users write it (<c>--security-opt seccomp=FILE</c>): OCI's form with conditions.</summary>
internal sealed record SeccompProfile
{
    public string DefaultAction { get; init; } = "";

    public uint? DefaultErrnoRet { get; init; }

    public IReadOnlyList<string>? Architectures { get; init; }

    public IReadOnlyList<SeccompArchitecture>? ArchMap { get; init; }

    public IReadOnlyList<string>? Flags { get; init; }

    public IReadOnlyList<SeccompRule>? Syscalls { get; init; }
}

internal sealed record SeccompArchitecture
{
    public string Architecture { get; init; } = "";

    public IReadOnlyList<string>? SubArchitectures { get; init; }
}

internal sealed record SeccompRule
{
    public string? Name { get; init; }

    public IReadOnlyList<string>? Names { get; init; }

    public string Action { get; init; } = "";

    public uint? ErrnoRet { get; init; }

    public IReadOnlyList<OciSyscallArgument>? Args { get; init; }

    public SeccompCondition? Includes { get; init; }

    public SeccompCondition? Excludes { get; init; }
}

internal sealed record SeccompCondition
{
    public IReadOnlyList<string>? Caps { get; init; }

    [JsonPropertyName("arches")]
    public IReadOnlyList<string>? Architectures { get; init; }

    public string? MinKernel { get; init; }
}
