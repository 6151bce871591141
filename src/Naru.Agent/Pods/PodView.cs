using Naru.Objects.Values;

namespace Naru.Agent.Pods;

/// <summary>A pod's tree with names for what the agent asks of it. Never changed.</summary>
internal sealed class PodView(MapValue tree)
{
    private static readonly MapValue Empty = [];

    public MapValue Tree { get; } = tree;

    public MapValue Spec { get; } = tree.Map("spec") ?? Empty;

    public MapValue Status { get; } = tree.Map("status") ?? Empty;

    public string Namespace { get; } = tree.Text("metadata", "namespace") ?? "";

    public string Name { get; } = tree.Text("metadata", "name") ?? "";

    public string Uid { get; } = tree.Text("metadata", "uid") ?? "";

    public string RestartPolicy => Spec.Text("restartPolicy") ?? "Always";

    public bool HostNetwork => Spec.Boolean("hostNetwork") == true;

    public bool SharesProcesses => Spec.Boolean("shareProcessNamespace") == true;

    public string Phase => Status.Text("phase") ?? "";

    /// <summary>It has ended for good.</summary>
    public bool IsTerminal => Phase is "Succeeded" or "Failed";

    public bool IsDeleted => Tree.Map("metadata")?.Has("deletionTimestamp") == true;

    /// <summary>It comes from a file of this node, not from the cluster.</summary>
    public bool IsStatic => Tree.Text("metadata", "annotations", "kubernetes.io/config.mirror") is not null || Tree.Text("metadata", "annotations", "kubernetes.io/config.source") is not (null or "api");

    /// <summary>The cluster cannot do without it.</summary>
    public bool IsCritical => IsStatic || Priority >= 2_000_000_000;

    /// <summary>Importance among pods.</summary>
    public long Priority => Spec.Integer("priority") ?? 0;

    /// <summary>Guaranteed, Burstable or BestEffort.</summary>
    public string Qos => Status.Text("qosClass") ?? QosClass.Of(Tree);

    /// <summary>Time that containers get to end: that of the deletion where there is one.</summary>
    public TimeSpan Grace => TimeSpan.FromSeconds(Tree.Integer("metadata", "deletionGracePeriodSeconds") ?? Spec.Integer("terminationGracePeriodSeconds") ?? 30);

    /// <summary>When it has to have ended; null: whenever it likes.</summary>
    public DateTimeOffset? Deadline => Spec.Integer("activeDeadlineSeconds") is { } seconds && Status.Time("startTime") is { } start ? start + TimeSpan.FromSeconds(seconds) : null;

    /// <summary>Host name inside.</summary>
    public string Hostname
    {
        get
        {
            var name = Spec.Text("hostnameOverride") is { Length: > 0 } whole ? whole : Spec.Text("hostname") is { Length: > 0 } own ? own : Name;
            return name.Length <= 63 ? name : name[..63].TrimEnd('-', '.');
        }
    }

    public IEnumerable<PodMember> Members =>
    [
        .. Spec.Maps("initContainers").Select(one => new PodMember(one, one.Text("restartPolicy") == "Always" ? MemberKind.Sidecar : MemberKind.Init)),
        .. Spec.Maps("containers").Select(static one => new PodMember(one, MemberKind.Main)),
        .. Spec.Maps("ephemeralContainers").Select(static one => new PodMember(one, MemberKind.Ephemeral)),
    ];

    /// <summary>The member of a name, or null.</summary>
    public PodMember? Member(string name) => Members.FirstOrDefault(one => one.Name == name);

    /// <summary>As messages name it: <c>name_namespace(uid)</c>.</summary>
    public string LogName => $"{Name}_{Namespace}({Uid})";
}

/// <summary>What a container is in its pod.</summary>
internal enum MemberKind
{
    Init,
    Sidecar,
    Main,
    Ephemeral,
}

/// <summary>A container of a pod's spec.</summary>
internal sealed record PodMember(MapValue Spec, MemberKind Kind)
{
    public string Name { get; } = Spec.Text("name") ?? "";

    public string Image { get; } = Spec.Text("image") ?? "";

    /// <summary>When it is started again.</summary>
    public string RestartPolicyIn(PodView pod) => Kind switch
    {
        MemberKind.Sidecar => "Always",
        MemberKind.Ephemeral => "Never",
        MemberKind.Init when Spec.Text("restartPolicy") is null => pod.RestartPolicy == "Always" ? "OnFailure" : pod.RestartPolicy,
        _ => Spec.Text("restartPolicy") ?? pod.RestartPolicy,
    };
}
