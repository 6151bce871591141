using System.Collections.Immutable;
using Naru.Dialects.Http.Access;

namespace Naru.Sockets;

/// <summary>A Docker API socket that allows less than the full one, made to be handed to a container.</summary>
internal sealed record LimitedSocket
{
    /// <summary>Lower-case letters, digits and hyphens; its file is <c>RUN/sockets/NAME.sock</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Only reading.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Nothing that gains power over the host.</summary>
    public bool NoPrivileged { get; init; }

    /// <summary>Host paths that may be bound even so.</summary>
    public ImmutableArray<string> BindRoots { get; init; } = [];

    /// <summary>Only objects with these labels.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Owner of the file; 0: root.</summary>
    public uint UserId { get; init; }

    /// <summary>The policy in the dialects' words.</summary>
    public SocketAccessPolicy ToPolicy() => new()
    {
        ReadOnly = ReadOnly,
        NoPrivileged = NoPrivileged,
        BindRoots = BindRoots,
        Labels = Labels.ToImmutableDictionary(),
    };
}
