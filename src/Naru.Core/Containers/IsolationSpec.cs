using System.Collections.Immutable;

namespace Naru.Core.Containers;

/// <summary>Namespaces, capabilities and profiles of a container.</summary>
public sealed record IsolationSpec
{
    /// <summary>All devices, all capabilities, no profile.</summary>
    public bool Privileged { get; init; }

    /// <summary>Capabilities added to the default set, <c>NET_ADMIN</c>, <c>CAP_NET_ADMIN</c> or <c>ALL</c>, as written.</summary>
    public ImmutableArray<string> CapabilitiesAdded { get; init; } = [];

    /// <summary>Capabilities taken from the default set, as written.</summary>
    public ImmutableArray<string> CapabilitiesDropped { get; init; } = [];

    /// <summary>Docker's words: <c>no-new-privileges</c>, <c>seccomp=…</c> (a profile's JSON or <c>unconfined</c>), <c>apparmor=…</c>,
    /// <c>label=…</c>, <c>systempaths=unconfined</c>.</summary>
    public ImmutableArray<string> SecurityOptions { get; init; } = [];

    /// <summary>The root file system may not be written.</summary>
    public bool ReadOnlyRoot { get; init; }

    /// <summary>Further groups of the first process, names or numbers.</summary>
    public ImmutableArray<string> Groups { get; init; } = [];

    /// <summary>The groups that the image's files give the user are left out: only those that are asked.</summary>
    public bool WithoutImageGroups { get; init; }

    /// <summary>Empty (own), <c>host</c> or <c>container:NAME</c>.</summary>
    public string PidMode { get; init; } = "";

    /// <summary>Empty (engine's default, <c>private</c>), <c>none</c>, <c>private</c>, <c>shareable</c>, <c>host</c> or <c>container:NAME</c>.</summary>
    public string IpcMode { get; init; } = "";

    /// <summary>Empty (own) or <c>host</c>.</summary>
    public string UtsMode { get; init; } = "";

    /// <summary>Empty (engine's default) or <c>host</c>.</summary>
    public string UserMode { get; init; } = "";

    /// <summary>Ids of the host that its users and groups are; null: its users are the host's. It needs a network of its own, or joins a container with the same ones.</summary>
    public UserMapping? Users { get; init; }

    /// <summary>Empty (engine's default), <c>private</c> or <c>host</c>.</summary>
    public string CgroupMode { get; init; } = "";

    /// <summary>Paths hidden from the container; null: the default list.</summary>
    public ImmutableArray<string>? MaskedPaths { get; init; }

    /// <summary>Paths made read-only; null: the default list.</summary>
    public ImmutableArray<string>? ReadOnlyPaths { get; init; }

    /// <summary>Kernel parameters of the container's namespaces.</summary>
    public ImmutableSortedDictionary<string, string> Sysctls { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>A small init reaps and forwards signals; null: the engine's default (off).</summary>
    public bool? Init { get; init; }
}
