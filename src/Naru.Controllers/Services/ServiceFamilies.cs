using System.Net;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Controllers.Services;

/// <summary>Which families of addresses a service has.</summary>
internal static class ServiceFamilies
{
    private const string Single = "SingleStack";
    private const string Prefer = "PreferDualStack";
    private const string Require = "RequireDualStack";
    private const string PolicyPath = "spec.ipFamilyPolicy";

    /// <summary>Completes policy, families and the list of addresses of a service's spec, as far as they can be without giving out any.</summary>
    /// <param name="spec">The spec, which is changed.</param>
    /// <param name="old">The spec before; null if it is new.</param>
    /// <param name="cluster">The families that the cluster has, its own first.</param>
    /// <param name="errors">Gets what is wrong.</param>
    public static void Complete(MapValue spec, MapValue? old, IReadOnlyList<string> cluster, FieldErrors errors)
    {
        var (addresses, families, policy) = (AddressesOf(spec), FamiliesOf(spec), spec.Text("ipFamilyPolicy") ?? old?.Text("ipFamilyPolicy"));
        if (old is not null && policy == Prefer && old.Text("ipFamilyPolicy") == Prefer && families.Count > 0 && addresses.SequenceEqual(AddressesOf(old)) && families.SequenceEqual(FamiliesOf(old)))
        {
            // The cluster may have got a family, or lost one, since: who prefers both keeps what it has until it asks anew.
            return;
        }

        Compare(policy, old, addresses, families, errors);

        var free = spec.Text("clusterIP") == ServiceFacts.None && spec.Map("selector") is not { Count: > 0 };
        CheckAddresses(addresses, families, cluster, errors);
        CheckFamilies(families, free, cluster, errors);
        CheckPolicy(policy, addresses, families, free, cluster, errors);
        if (!errors.IsEmpty)
        {
            return;
        }

        policy ??= free ? Require : Single;
        if (families.Count == 0)
        {
            families.Add(cluster[0]);
        }

        if (policy != Single && families.Count == 1 && (cluster.Count > 1 || free))
        {
            families.Add(families[0] == "IPv4" ? "IPv6" : "IPv4");
        }

        spec["ipFamilyPolicy"] = policy;
        spec["ipFamilies"] = ListOf(families);
        if (addresses.Count > 0)
        {
            spec["clusterIP"] = addresses[0];
            spec["clusterIPs"] = ListOf(addresses);
        }
    }

    public static ListValue ListOf(IEnumerable<string> texts) => new(texts.Select(static one => (Value)one));

    private static List<string> FamiliesOf(MapValue spec) => spec.List("ipFamilies")?.Texts().ToList() ?? [];

    private static List<string> AddressesOf(MapValue spec)
    {
        var addresses = spec.List("clusterIPs")?.Texts().ToList() ?? [];
        if (addresses.Count == 0 && spec.Text("clusterIP") is { Length: > 0 } single)
        {
            addresses.Add(single);
        }

        return addresses;
    }

    // One family, where nothing else was changed, means that the second goes; with another policy it must not go unsaid.
    private static void Compare(string? policy, MapValue? old, List<string> addresses, List<string> families, FieldErrors errors)
    {
        if (old is null)
        {
            return;
        }

        var (oldAddresses, oldFamilies) = (AddressesOf(old), FamiliesOf(old));
        if (policy is null or Single)
        {
            if (addresses.Count > 1 && addresses.SequenceEqual(oldAddresses))
            {
                addresses.RemoveRange(1, addresses.Count - 1);
            }

            if (families.Count > 1 && families.SequenceEqual(oldFamilies))
            {
                families.RemoveRange(1, families.Count - 1);
            }

            return;
        }

        if (oldAddresses.Count == 2 && addresses.Count == 1)
        {
            errors.Invalid(PolicyPath, policy, "must be 'SingleStack' to release the secondary cluster IP");
        }

        if (oldFamilies.Count == 2 && families.Count == 1)
        {
            errors.Invalid(PolicyPath, policy, "must be 'SingleStack' to release the secondary IP family");
        }
    }

    private static void CheckAddresses(List<string> addresses, List<string> families, IReadOnlyList<string> cluster, FieldErrors errors)
    {
        if (addresses.Count > 2)
        {
            errors.Invalid("spec.clusterIPs", ListOf(addresses), "may only hold up to 2 values");
            return;
        }

        for (var index = 0; index < addresses.Count; index++)
        {
            if (!IPAddress.TryParse(addresses[index], out var address))
            {
                continue;
            }

            var family = AddressRange.FamilyOf(address);
            if (index >= families.Count && !cluster.Contains(family))
            {
                errors.Invalid($"spec.clusterIPs[{index}]", ListOf(addresses), $"{family} is not configured on this cluster");
            }
            else if (index >= families.Count)
            {
                families.Add(family);
            }
            else if (families[index] != family)
            {
                errors.Invalid($"spec.clusterIPs[{index}]", addresses[index], $"expected an {families[index]} value as indicated by `ipFamilies[{index}]`");
            }
        }
    }

    private static void CheckFamilies(List<string> families, bool free, IReadOnlyList<string> cluster, FieldErrors errors)
    {
        for (var index = 0; index < families.Count; index++)
        {
            if (!free && !cluster.Contains(families[index]))
            {
                errors.Invalid($"spec.ipFamilies[{index}]", families[index], "not configured on this cluster");
            }

            if (families.IndexOf(families[index]) < index)
            {
                errors.Duplicate($"spec.ipFamilies[{index}]", families[index]);
            }
        }
    }

    private static void CheckPolicy(string? policy, List<string> addresses, List<string> families, bool free, IReadOnlyList<string> cluster, FieldErrors errors)
    {
        const string Both = "must be 'RequireDualStack' or 'PreferDualStack' when multiple";
        if (policy is null or Single && addresses.Count > 1)
        {
            errors.Invalid(PolicyPath, policy ?? Single, $"{Both} cluster IPs are specified");
        }

        if (policy is null or Single && families.Count > 1 && !(free && policy is null))
        {
            errors.Invalid(PolicyPath, policy ?? Single, $"{Both} IP families are specified");
        }

        if (policy == Require && cluster.Count < 2 && !free)
        {
            errors.Invalid(PolicyPath, policy, "this cluster is not configured for dual-stack services");
        }
    }
}
