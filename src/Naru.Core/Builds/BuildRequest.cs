using System.Collections.Immutable;
using Naru.Core.Containers;
using Naru.Core.Images;

namespace Naru.Core.Builds;

/// <summary>A build asked for.</summary>
public sealed record BuildRequest
{
    /// <summary>The files that COPY and ADD see.</summary>
    public required IBuildContext Context { get; init; }

    /// <summary>Where the Dockerfile lies; null: in <see cref="Context"/>.</summary>
    public IBuildContext? DockerfileContext { get; init; }

    /// <summary>Path of the Dockerfile; ignored when <see cref="DockerfileText"/> is set.</summary>
    public string Dockerfile { get; init; } = "Dockerfile";

    /// <summary>The Dockerfile itself, when it comes with the request.</summary>
    public string? DockerfileText { get; init; }

    /// <summary>Further contexts by name (<c>--build-context</c>); they go before stages and images of that name.</summary>
    public ImmutableDictionary<string, NamedContext> NamedContexts { get; init; } = ImmutableDictionary<string, NamedContext>.Empty;

    /// <summary>Stage to stop at, by name or number; empty: the last.</summary>
    public string Target { get; init; } = "";

    /// <summary>Build arguments; a null value undoes a default.</summary>
    public ImmutableSortedDictionary<string, string?> Arguments { get; init; } = ImmutableSortedDictionary<string, string?>.Empty;

    /// <summary>Labels of the result.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Images whose steps may be taken over.</summary>
    public ImmutableArray<string> CacheFrom { get; init; } = [];

    /// <summary>Take nothing from the cache.</summary>
    public bool NoCache { get; init; }

    /// <summary>Stages that take nothing from the cache; empty: see <see cref="NoCache"/>.</summary>
    public ImmutableArray<string> NoCacheStages { get; init; } = [];

    /// <summary>Always ask the registry for newer base images.</summary>
    public bool Pull { get; init; }

    /// <summary>Platform of the result; null: the host's.</summary>
    public Platform? Platform { get; init; }

    /// <summary>Network of RUN: empty or <c>default</c>, <c>host</c>, <c>none</c>, a network, <c>container:X</c>.</summary>
    public string NetworkMode { get; init; } = "";

    /// <summary>Lines of /etc/hosts for RUN, <c>name:address</c>.</summary>
    public ImmutableArray<string> ExtraHosts { get; init; } = [];

    /// <summary>Host name of RUN; empty: made up.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>Limits of RUN.</summary>
    public ResourceSpec Resources { get; init; } = new();

    /// <summary>Security options of RUN.</summary>
    public ImmutableArray<string> SecurityOptions { get; init; } = [];

    /// <summary>Allow <c>RUN --security=insecure</c>.</summary>
    public bool AllowInsecure { get; init; }

    /// <summary>Credentials by registry.</summary>
    public ImmutableDictionary<string, RegistryCredentials> Credentials { get; init; } = ImmutableDictionary<string, RegistryCredentials>.Empty;

    /// <summary>The caller's side of a session; null: it has none.</summary>
    public IBuildSession? Session { get; init; }

    /// <summary>The classic builder: one step after another, each an image that can be seen as parent, its histories and its words.</summary>
    public bool Classic { get; init; }

    /// <summary>Remove the containers of successful steps (classic).</summary>
    public bool Remove { get; init; } = true;

    /// <summary>Remove the containers of failed steps too (classic).</summary>
    public bool ForceRemove { get; init; }
}
