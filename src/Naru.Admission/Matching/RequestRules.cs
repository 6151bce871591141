using Naru.Objects.Admission;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Admission.Matching;

/// <summary>Which requests a webhook or policy is about: the operations, groups, versions and resources of its rules.</summary>
internal static class RequestRules
{
    /// <summary>Resources that no webhook and no policy is asked about: a wrong one could not be taken away otherwise.</summary>
    public static bool AreExempt(GroupResource resource) => resource.Group == "admissionregistration.k8s.io" && resource.Resource is
        "validatingwebhookconfigurations" or "mutatingwebhookconfigurations" or "validatingadmissionpolicies" or "validatingadmissionpolicybindings" or "mutatingadmissionpolicies" or "mutatingadmissionpolicybindings";

    /// <summary>The resource at the version that a rule names: the request's own or, where versions of one resource count as equal, another. Null if no rule matches.</summary>
    public static ResourceInfo? Match(IEnumerable<MapValue> rules, bool equivalent, AdmissionRequest request, IResourceCatalogue catalogue)
    {
        var all = rules as IReadOnlyCollection<MapValue> ?? [.. rules];
        if (all.Any(rule => Matches(rule, request, request.Resource.Resource)))
        {
            return request.Resource;
        }

        if (!equivalent || all.Count == 0)
        {
            return null;
        }

        var own = request.Resource;
        foreach (var other in catalogue.All)
        {
            // Events of the core group and of events.k8s.io are the same objects.
            var same = other.Resource.GroupResource == own.Resource.GroupResource || (other.Resource.Resource == own.Resource.Resource && other.StorageGroup is { } group && group == own.Resource.Group)
                || (other.Resource.Resource == own.Resource.Resource && own.StorageGroup is { } stored && stored == other.Resource.Group);
            if (same && other.Resource != own.Resource && all.Any(rule => Matches(rule, request, other.Resource)))
            {
                return other;
            }
        }

        return null;
    }

    private static bool Matches(MapValue rule, AdmissionRequest request, GroupVersionResource resource) =>
        Has(rule, "operations", Operation(request.Operation))
        && Has(rule, "apiGroups", resource.Group)
        && Has(rule, "apiVersions", resource.Version)
        && (rule.List("resources")?.Texts().Any(wanted => Covers(wanted, resource.Resource, request.Subresource)) ?? false)
        && InScope(rule.Text("scope"), request)
        && (rule.List("resourceNames") is not { Count: > 0 } names || names.Texts().Contains(request.Name));

    /// <summary>The operation in requests.</summary>
    public static string Operation(AdmissionOperation operation) => operation switch
    {
        AdmissionOperation.Create => "CREATE",
        AdmissionOperation.Update => "UPDATE",
        AdmissionOperation.Delete => "DELETE",
        _ => "CONNECT",
    };

    private static bool Has(MapValue rule, string field, string wanted) => rule.List(field)?.Texts().Any(one => one == "*" || one == wanted) ?? false;

    private static bool Covers(string wanted, string resource, string subresource)
    {
        var slash = wanted.IndexOf('/', StringComparison.Ordinal);
        var (name, part) = slash < 0 ? (wanted, "") : (wanted[..slash], wanted[(slash + 1)..]);
        return (name == "*" || name == resource) && (part == subresource || part == "*");
    }

    private static bool InScope(string? scope, AdmissionRequest request)
    {
        // Namespaces count as outside of namespaces.
        var namespaced = request.Namespace.Length > 0 && request.Resource.Resource.GroupResource != Known.Namespaces;
        return scope switch
        {
            "Namespaced" => namespaced,
            "Cluster" => !namespaced,
            _ => true,
        };
    }
}
