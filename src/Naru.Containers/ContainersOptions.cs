using System.Collections.Immutable;

namespace Naru.Containers;

/// <summary>How containers are run on this host.</summary>
public sealed class ContainersOptions
{
    /// <summary>OCI runtimes by the name that clients ask for, as paths or names looked up in PATH.</summary>
    public ImmutableSortedDictionary<string, string> Runtimes { get; set; } = ImmutableSortedDictionary<string, string>.Empty
        .Add("crun", "crun").Add("runc", "runc").Add("io.containerd.runc.v2", "runc");

    /// <summary>The one used when none is asked.</summary>
    public string DefaultRuntime { get; set; } = "crun";

    /// <summary>The program that holds terminals, output and exit codes.</summary>
    public string Monitor { get; set; } = "conmon";

    /// <summary>Small init for <c>--init</c>; empty: the first of docker-init, tini-static, catatonit and tini that this host has.</summary>
    public string InitPath { get; set; } = "";

    /// <summary>Run every container under the small init unless it says otherwise.</summary>
    public bool InitByDefault { get; set; }

    /// <summary>Start unhealthy containers again although they do not carry the label <c>naru.restart-unhealthy=true</c>.</summary>
    public bool RestartUnhealthy { get; set; }

    /// <summary>Time between a container's stop signal and SIGKILL where nobody said. Default 10 s.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the last output of an ended container may take to reach a client that takes none. Default 10 s.</summary>
    public TimeSpan StalledClientPatience { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the end of a container is held back while attached clients take its last output. Default 2 s.</summary>
    public TimeSpan DeliveryPatience { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>First wait before a container is started again; doubles up to <see cref="RestartDelayLimit"/>. Default 100 ms.</summary>
    public TimeSpan RestartDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest wait before a container is started again. Default 1 min.</summary>
    public TimeSpan RestartDelayLimit { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>A run that lasted so long makes the next wait the first one again. Default 10 s.</summary>
    public TimeSpan RestartDelayReset { get; set; } = TimeSpan.FromSeconds(10);
}
