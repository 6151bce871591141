using System.Net;
using System.Net.Sockets;
using Naru.Controllers.Runtime;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Endpoints;

/// <summary>Which pods stand behind which services.</summary>
internal static class ServicePods
{
    /// <summary>A changed pod gives the services of its namespace that select it, or did. Most pods that come and go are behind none: what changed is looked at only for those that are.</summary>
    public static WatchRule Rule(ControllerObjects objects) => new(UpkeepResources.Pods, (old, now, keys) =>
    {
        var services = objects.List(UpkeepResources.Services, (now ?? old)!.Namespace)
            .Where(service => (now is not null && Selects(service.Tree, now)) || (old is not null && Selects(service.Tree, old)))
            .ToList();
        if (services.Count == 0 || (old is not null && now is not null && Same(old, now)))
        {
            return;
        }

        services.ForEach(service => keys.Add(ObjectKey.Of(service)));
    });

    /// <summary>The pods that a service selects and that have an address, unless they ended.</summary>
    public static IEnumerable<StoredObject> Of(StoredObject service, ControllerObjects objects) =>
        objects.List(UpkeepResources.Pods, service.Namespace)
            .Where(pod => Selects(service.Tree, pod) && pod.Field("status.phase") is not ("Succeeded" or "Failed") && AddressesOf(pod.Tree).Any())
            .Select(pod => objects.Get(UpkeepResources.Pods, pod.Namespace, pod.Name) ?? pod);

    public static IEnumerable<string> AddressesOf(MapValue pod)
    {
        var many = pod.Maps("status", "podIPs").Select(static one => one.Text("ip")).OfType<string>().Where(static one => one.Length > 0).ToList();
        return many.Count > 0 ? many : pod.Text("status", "podIP") is { Length: > 0 } one ? [one] : [];
    }

    /// <summary>The pod's address of a family; null if it has none.</summary>
    public static string? AddressOf(MapValue pod, string family) =>
        AddressesOf(pod).FirstOrDefault(text => IPAddress.TryParse(text, out var address) && (address.AddressFamily == AddressFamily.InterNetworkV6) == (family == "IPv6"));

    public static bool IsReady(MapValue pod) => pod.Maps("status", "conditions").Any(static one => one.Text("type") == "Ready" && one.Text("status") == "True");

    /// <summary>The name by which the service's domain knows the pod; null if it has none.</summary>
    public static string? HostnameOf(MapValue pod, StoredObject service) =>
        pod.Text("spec", "hostname") is { Length: > 0 } host && pod.Text("spec", "subdomain") == service.Name ? host : null;

    public static MapValue ReferenceTo(StoredObject pod) => new(4) { ["kind"] = "Pod", ["namespace"] = pod.Namespace, ["name"] = pod.Name, ["uid"] = pod.Uid };

    private static bool Selects(MapValue service, StoredObject pod)
    {
        if (service.Map("spec", "selector") is not { Count: > 0 } selector)
        {
            return false;
        }

        foreach (var (name, value) in selector)
        {
            if (!pod.Labels.TryGetValue(name, out var label) || (value as TextValue)?.Text != label)
            {
                return false;
            }
        }

        return true;
    }

    private static bool Same(StoredObject old, StoredObject now) => old.HasLabelsOf(now) && old.IsEnding == now.IsEnding && Same(old.Tree, now.Tree);

    private static bool Same(MapValue old, MapValue now) =>
        IsReady(old) == IsReady(now)
        && Equal(old.At("status", "podIPs"), now.At("status", "podIPs"))
        && Equal(old.At("status", "podIP"), now.At("status", "podIP"))
        && Equal(old.At("status", "phase"), now.At("status", "phase"))
        && Equal(old.At("spec", "nodeName"), now.At("spec", "nodeName"));

    private static bool Equal(Value? left, Value? right) => left is null ? right is null : left.DeepEquals(right);
}
