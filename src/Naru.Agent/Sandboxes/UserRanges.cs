using System.Globalization;
using Naru.Agent.Containers;
using Naru.Agent.Pods;
using Naru.Core.Containers;
using Naru.Core.Hosts;

namespace Naru.Agent.Sandboxes;

/// <summary>
/// Ids of the host for pods with users of their own, <see cref="Size"/> each. Which are taken is told by the containers that are here, so that nothing else has to be remembered:
/// a pod keeps its range as long as any container of it is there, and another one may get it afterwards.
/// </summary>
internal sealed class UserRanges(IContainers containers, IHost host)
{
    /// <summary>How many ids a pod has.</summary>
    public const uint Size = 65536;

    /// <summary>How many ranges there are.</summary>
    public const int Count = 4096;

    // Above what distributions give to people, containers of theirs and services, and below what old programs take for negative.
    private const uint First = 0x7000_0000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, UserMapping> _given = new(StringComparer.Ordinal);
    private int _next = -1;

    /// <summary>The range of a pod: the one it has, else one that no other pod has.</summary>
    /// <exception cref="ConfigFailure">FailedCreatePodSandBox: this host cannot do it, or none is left.</exception>
    public UserMapping Of(string uid)
    {
        var facts = host.Read();
        if (facts.UserNamespaceProblem is { Length: > 0 } problem)
        {
            throw Refuse($"runtime does not support user namespaces: {problem}");
        }

        lock (_lock)
        {
            var taken = new List<UserMapping>(_given.Where(one => one.Key != uid).Select(static one => one.Value));
            foreach (var container in containers.List())
            {
                if (container.Spec.Isolation.Users is not { } users)
                {
                    continue;
                }

                if (container.Spec.Labels.GetValueOrDefault(PodNames.PodUid) == uid)
                {
                    return _given[uid] = users;
                }

                taken.Add(users);
            }

            if (_given.TryGetValue(uid, out var given))
            {
                return given;
            }

            if (_next < 0)
            {
                _next = StartOf(facts.InstanceId);
            }

            var slot = Choose(_next, taken);
            _next = (slot + 1) % Count;
            return _given[uid] = At(slot);
        }
    }

    /// <summary>Nothing of a pod will be made any more: its range is free when its containers are gone.</summary>
    public void GiveBack(string uid)
    {
        lock (_lock)
        {
            _given.Remove(uid);
        }
    }

    /// <summary>The range of a number.</summary>
    internal static UserMapping At(int slot) => new(First + ((uint)slot * Size), Size);

    /// <summary>The first range that shares nothing with those that are taken, from a number on and round.</summary>
    internal static int Choose(int from, IReadOnlyCollection<UserMapping> taken)
    {
        for (var step = 0; step < Count; step++)
        {
            var slot = (from + step) % Count;
            if (!taken.Any(At(slot).Overlaps))
            {
                return slot;
            }
        }

        throw Refuse($"all {Count} ranges of users are taken");
    }

    // Two instances on one host most likely begin far from each other.
    private static int StartOf(string instance) =>
        int.TryParse(instance.AsSpan(0, Math.Min(3, instance.Length)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) ? number % Count : 0;

    private static ConfigFailure Refuse(string why) => new("FailedCreatePodSandBox", $"can't set spec.hostUsers: false, {why}");
}
