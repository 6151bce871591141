using System.Globalization;
using Naru.Objects.Quantities;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Objects.Quotas;

/// <summary>What an object uses up of quotas, by the names that stand in <c>spec.hard</c>. Pure. Admission counts with it when an object is written, the controller when it counts anew.</summary>
public static class QuotaUsage
{
    private const string ClassInfix = ".storageclass.storage.k8s.io/";
    private static readonly HashSet<string> OldCounts = ["configmaps", "persistentvolumeclaims", "pods", "replicationcontrollers", "resourcequotas", "secrets", "services"];
    private static readonly Quantity One = Quantity.FromUnits(1);

    /// <summary>The object's usage.</summary>
    public static Dictionary<string, Quantity> Of(GroupResource resource, MapValue body, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(body);
        var usage = new Dictionary<string, Quantity>(StringComparer.Ordinal) { [CountOf(resource)] = One };
        if (resource.Group.Length > 0)
        {
            return usage;
        }

        switch (resource.Resource)
        {
            case "pods":
                AddPod(usage, body, now);
                break;
            case "services":
                AddService(usage, body);
                break;
            case "persistentvolumeclaims":
                AddClaim(usage, body);
                break;
            default:
                if (OldCounts.Contains(resource.Resource))
                {
                    usage[resource.Resource] = One;
                }

                break;
        }

        return usage;
    }

    /// <summary>The name under which a resource's objects are counted: <c>count/deployments.apps</c>.</summary>
    public static string CountOf(GroupResource resource) => $"count/{resource}";

    /// <summary>The resource whose objects use up what a quota limits under this name; null for names that nothing uses.</summary>
    public static GroupResource? ResourceOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.StartsWith("count/", StringComparison.Ordinal))
        {
            var rest = name["count/".Length..];
            var dot = rest.IndexOf('.', StringComparison.Ordinal);
            return dot < 0 ? new GroupResource("", rest) : new GroupResource(rest[(dot + 1)..], rest[..dot]);
        }

        if (name is "services" or "services.loadbalancers" or "services.nodeports")
        {
            return new GroupResource("", "services");
        }

        if (name is "persistentvolumeclaims" or "requests.storage" || name.Contains(ClassInfix, StringComparison.Ordinal))
        {
            return new GroupResource("", "persistentvolumeclaims");
        }

        return new GroupResource("", OldCounts.Contains(name) ? name : "pods");
    }

    /// <summary>A pod that has ended, or should have, uses nothing but its place in the store.</summary>
    public static bool IsOver(MapValue pod, DateTimeOffset now)
    {
        if (pod.Text("status", "phase") is "Failed" or "Succeeded")
        {
            return true;
        }

        return pod.Text("metadata", "deletionTimestamp") is { } deleted
            && pod.Integer("metadata", "deletionGracePeriodSeconds") is not null
            && DateTimeOffset.TryParse(deleted, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end)
            && now > end;
    }

    private static void AddPod(Dictionary<string, Quantity> usage, MapValue pod, DateTimeOffset now)
    {
        if (IsOver(pod, now))
        {
            return;
        }

        usage["pods"] = One;
        foreach (var (name, quantity) in PodResources.Requests(pod))
        {
            usage[$"requests.{name}"] = quantity;
            if (name is "cpu" or "memory" or "ephemeral-storage" || name.StartsWith("hugepages-", StringComparison.Ordinal))
            {
                usage[name] = quantity;
            }
        }

        foreach (var (name, quantity) in PodResources.Limits(pod))
        {
            usage[$"limits.{name}"] = quantity;
        }
    }

    private static void AddService(Dictionary<string, Quantity> usage, MapValue service)
    {
        usage["services"] = One;
        var type = service.Text("spec", "type");
        if (type == "LoadBalancer")
        {
            usage["services.loadbalancers"] = One;
        }

        if (type == "NodePort" || (type == "LoadBalancer" && service.Boolean("spec", "allocateLoadBalancerNodePorts") != false))
        {
            usage["services.nodeports"] = Quantity.FromUnits(service.List("spec", "ports")?.Count ?? 0);
        }
    }

    private static void AddClaim(Dictionary<string, Quantity> usage, MapValue claim)
    {
        usage["persistentvolumeclaims"] = One;
        var place = claim.Text("spec", "storageClassName") ?? claim.Text("metadata", "annotations", "volume.beta.kubernetes.io/storage-class") ?? "";
        if (place.Length > 0)
        {
            usage[$"{place}{ClassInfix}persistentvolumeclaims"] = One;
        }

        // A claim that is growing has what it was promised, even when the wish was taken back.
        var asked = PodResources.Read(claim.Map("spec", "resources", "requests"));
        var promised = PodResources.Read(claim.Map("status", "allocatedResources"));
        if (asked.TryGetValue("storage", out var storage))
        {
            storage = Quantity.Max(storage, promised.GetValueOrDefault("storage"));
            usage["requests.storage"] = storage;
            if (place.Length > 0)
            {
                usage[$"{place}{ClassInfix}requests.storage"] = storage;
            }
        }
    }
}
