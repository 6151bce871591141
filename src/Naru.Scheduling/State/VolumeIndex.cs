using Naru.Objects.Values;
using Naru.Scheduling.Facts;

namespace Naru.Scheduling.State;

/// <summary>Volumes, claims and classes by name, and how many placed pods use each claim.</summary>
internal sealed class VolumeIndex
{
    private readonly Dictionary<(string, string), int> _uses = [];

    public Dictionary<(string, string), MapValue> Claims { get; } = [];

    public Dictionary<string, MapValue> Volumes { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, MapValue> Classes { get; } = new(StringComparer.Ordinal);

    /// <summary>How many volumes of a driver a node takes, by node.</summary>
    public Dictionary<string, Dictionary<string, long>> Limits { get; } = new(StringComparer.Ordinal);

    /// <summary>Volumes that a decision gave to a claim, until the store says so.</summary>
    public Dictionary<string, (string, string)> Promised { get; } = new(StringComparer.Ordinal);

    public static string ClaimName(PodFacts pod, string claim) => claim[0] == '\u0001' ? $"{pod.Name}-{claim[1..]}" : claim;

    public int Uses((string, string) claim) => _uses.GetValueOrDefault(claim);

    public void Use(PodFacts pod, int sign)
    {
        foreach (var claim in pod.Claims)
        {
            var key = (pod.Namespace, ClaimName(pod, claim));
            var uses = _uses.GetValueOrDefault(key) + sign;
            if (uses == 0)
            {
                _uses.Remove(key);
            }
            else
            {
                _uses[key] = uses;
            }
        }
    }
}
