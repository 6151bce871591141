using System.Collections.Immutable;

namespace Naru.Dialects.Http.Access;

/// <summary>
/// What a caller of one listening endpoint may do. The endpoint's maker attaches it to the listener; every dialect that answers
/// there enforces it. The default refuses nothing.
/// </summary>
public sealed record SocketAccessPolicy
{
    public static readonly SocketAccessPolicy Full = new();

    /// <summary>Only reading: lists, inspection, logs, events, stats. Nothing that changes, starts, attaches or copies files out.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>No container may gain power over the host: privileged, host namespaces, host paths, added capabilities, devices.</summary>
    public bool NoPrivileged { get; init; }

    /// <summary>Host paths that may be bound even under <see cref="NoPrivileged"/>; each with everything below it.</summary>
    public ImmutableArray<string> BindRoots { get; init; } = [];

    /// <summary>If not empty, only objects with all these labels are seen, and everything that is created gets them.</summary>
    public ImmutableDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Whether nothing is restricted.</summary>
    public bool IsFull => !ReadOnly && !NoPrivileged && Labels.IsEmpty;
}
