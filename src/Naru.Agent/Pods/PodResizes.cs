using System.Collections.Immutable;
using Naru.Agent.Admission;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Objects.Values;

namespace Naru.Agent.Pods;

/// <summary>Gives the containers of one pod the resources that their pod asks for by now, without a restart where they can do without: first the node grants them, then they are set.</summary>
internal sealed class PodResizes(IContainers containers, IContainerUsage usage, PodActions actions, NodeAdmission admission)
{
    private readonly Dictionary<string, MapValue> _granted = new(StringComparer.Ordinal);
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);
    private PodEnd? _pending;
    private MapValue? _whole;
    private bool _wholeChanged;
    private string? _error;

    /// <summary>What is to be said of it: why it waits, and why it could not be set.</summary>
    public ResizeSight Sight => new(_granted, [.. _open], _pending, _error);

    /// <summary>It waits for what others have. Any thread.</summary>
    public bool IsDeferred => Volatile.Read(ref _pending) is { Reason: "Deferred" };

    /// <summary>The pod with what the node grants it by now; itself where that is all it asks for.</summary>
    public PodView Grant(PodView pod)
    {
        var members = pod.Members.Where(static one => one.Kind is MemberKind.Main or MemberKind.Sidecar).ToList();
        foreach (var member in members.Where(one => !_granted.ContainsKey(one.Name)))
        {
            _granted[member.Name] = Remembered(pod, member) ?? ResourcesOf(member);
        }

        var whole = pod.Spec.Map("resources") ?? [];
        _whole ??= pod.Status.Map("resources") ?? whole;
        if (whole.DeepEquals(_whole) && members.TrueForAll(member => _granted[member.Name].DeepEquals(ResourcesOf(member))))
        {
            if (_pending is not null)
            {
                admission.Resized(pod.Uid);
            }

            _pending = null;
            return pod;
        }

        var granted = WithGranted(pod);
        _pending = admission.CouldResize(pod, granted.Tree) is { } never ? new PodEnd("Infeasible", Capacity(never.Message))
            : admission.Resize(pod, granted.Tree) is { } later ? new PodEnd("Deferred", later.Message)
            : null;
        if (_pending is not null)
        {
            return granted;
        }

        members.ForEach(member => _granted[member.Name] = ResourcesOf(member));
        (_wholeChanged, _whole) = (_wholeChanged || !whole.DeepEquals(_whole), whole);
        return pod;
    }

    /// <summary>Sets what differs on live containers. Gives those that have to start anew for it.</summary>
    public async Task<IReadOnlyList<PodKill>> FollowAsync(PodSight sight, CancellationToken cancellationToken)
    {
        List<PodKill> kills = [];
        string? error = null;
        var isNew = _wholeChanged;
        if (_wholeChanged)
        {
            (_wholeChanged, error) = (false, Try(() => actions.Lift(sight.Pod)));
        }

        _open.Clear();
        foreach (var container in sight.Containers.Where(static one => one is { IsLive: true, IsSandbox: false }))
        {
            if (sight.Pod.Member(container.Name) is not { Kind: MemberKind.Main or MemberKind.Sidecar } member)
            {
                continue;
            }

            var (now, wanted) = (container.Engine.Spec.Resources, actions.LimitsOf(sight.Pod, member));
            var cpu = now.CpuQuotaMicroseconds != wanted.CpuQuotaMicroseconds || now.CpuShares != wanted.CpuShares;
            var memory = now.Memory != wanted.Memory;
            if (!(cpu || memory) || now.NanoCpus > 0)
            {
                continue;
            }

            if (!isNew && Try(() => actions.Lift(sight.Pod)) is { } held)
            {
                error = held;
            }

            isNew = true;
            _open.Add(container.Name);
            if ((cpu && Restarts(member, "cpu")) || (memory && Restarts(member, "memory")))
            {
                kills.Add(new PodKill(container, "resize requires restart"));
            }
            else if (await TooMuchInUseAsync(container, wanted, cancellationToken) is { } problem)
            {
                error = problem;
            }
            else if (await ApplyAsync(container, wanted, cancellationToken) is { } refused)
            {
                error = refused;
            }
            else
            {
                _open.Remove(container.Name);
            }
        }

        _error = error;
        if (isNew)
        {
            error = Try(() => actions.Limit(sight.Pod));
            _error ??= error;
        }

        return kills;
    }

    // The kernel would end processes of a container that uses more than it may.
    private async Task<string?> TooMuchInUseAsync(PodContainer container, ResourceSpec wanted, CancellationToken cancellationToken)
    {
        var (now, next) = (container.Engine.Spec.Resources.Memory.Bytes, wanted.Memory.Bytes);
        if (next == 0 || (now != 0 && next >= now))
        {
            return null;
        }

        try
        {
            var used = (await usage.SampleAsync(container.Engine, cancellationToken)).Memory;
            return used >= (ulong)next ? $"cannot decrease memory limits: attempting to set container \"{container.Name}\" memory limit ({next}) below current usage ({used})" : null;
        }
        catch (Exception failure) when (failure is NaruException or IOException)
        {
            // It ended just now.
            return null;
        }
    }

    private async Task<string?> ApplyAsync(PodContainer container, ResourceSpec wanted, CancellationToken cancellationToken)
    {
        try
        {
            var update = new ContainerUpdate
            {
                Resources = now => now with
                {
                    AnyMemory = true, Memory = wanted.Memory, MemorySwap = wanted.MemorySwap, CpuPeriodMicroseconds = wanted.CpuPeriodMicroseconds, CpuQuotaMicroseconds = wanted.CpuQuotaMicroseconds, CpuShares = wanted.CpuShares,
                },
            };
            await containers.UpdateAsync(container.Id.Value, update, cancellationToken);
            return null;
        }
        catch (NaruException failure) when (failure.Kind is ErrorKind.NotFound or ErrorKind.Conflict)
        {
            // It ended meanwhile: the next one starts with the new limits.
            return null;
        }
        catch (NaruException failure)
        {
            return failure.Message;
        }
    }

    private static string? Try(Action step)
    {
        try
        {
            step();
            return null;
        }
        catch (NaruException failure)
        {
            return failure.Message;
        }
    }

    // Before a naru that was killed had granted a resize, the status says what stands.
    private static MapValue? Remembered(PodView pod, PodMember member)
    {
        var status = pod.Status.Maps("containerStatuses").Concat(pod.Status.Maps("initContainerStatuses")).FirstOrDefault(one => one.Text("name") == member.Name);
        if (status?.Map("allocatedResources") is not { } allocated || allocated.DeepEquals(member.Spec.Map("resources", "requests") ?? []))
        {
            return null;
        }

        var resources = status.Map("resources")?.CloneMap() ?? [];
        resources["requests"] = allocated.Clone();
        return resources;
    }

    private static MapValue ResourcesOf(PodMember member) => member.Spec.Map("resources") ?? [];

    private PodView WithGranted(PodView pod)
    {
        var tree = pod.Tree.CloneMap();
        foreach (var container in tree.Maps("spec", "containers").Concat(tree.Maps("spec", "initContainers")))
        {
            if (_granted.TryGetValue(container.Text("name") ?? "", out var granted))
            {
                container["resources"] = granted.Clone();
            }
        }

        if (_whole is { Count: > 0 } whole)
        {
            tree.MakeMap("spec")["resources"] = whole.Clone();
        }

        return new PodView(tree);
    }

    private static bool Restarts(PodMember member, string resource) =>
        member.Spec.Maps("resizePolicy").Any(one => one.Text("resourceName") == resource && one.Text("restartPolicy") == "RestartContainer");

    private static string Capacity(string message)
    {
        var used = message.IndexOf(", used: ", StringComparison.Ordinal);
        var capacity = message.IndexOf(", capacity: ", StringComparison.Ordinal);
        return (used < 0 || capacity < used ? message : message[..used] + message[capacity..]).Replace("enough resource", "enough capacity", StringComparison.Ordinal);
    }
}

/// <summary>How far a resize has come.</summary>
/// <param name="Granted">What the node granted, by container.</param>
/// <param name="Open">Containers that do not have it yet.</param>
/// <param name="Pending">Why more is not granted (Deferred, Infeasible); null: nothing more is asked.</param>
/// <param name="Error">Why what was granted could not be set; null: it is set.</param>
internal sealed record ResizeSight(IReadOnlyDictionary<string, MapValue> Granted, ImmutableHashSet<string> Open, PodEnd? Pending, string? Error)
{
    public static readonly ResizeSight None = new(new Dictionary<string, MapValue>(), [], null, null);
}
