using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Objects.Quotas;

/// <summary>Which objects a quota counts: all, or those in its scopes.</summary>
public static class QuotaScopes
{
    private static readonly GroupResource Pods = new("", "pods");
    private static readonly GroupResource Claims = new("", "persistentvolumeclaims");

    /// <summary>Whether the quota counts the object.</summary>
    public static bool Matches(MapValue quota, GroupResource resource, MapValue body)
    {
        ArgumentNullException.ThrowIfNull(quota);
        ArgumentNullException.ThrowIfNull(body);
        foreach (var scope in quota.List("spec", "scopes")?.Texts() ?? [])
        {
            if (!Matches(scope, "Exists", [], resource, body))
            {
                return false;
            }
        }

        foreach (var selector in quota.Maps("spec", "scopeSelector", "matchExpressions"))
        {
            if (!Matches(selector.Text("scopeName") ?? "", selector.Text("operator") ?? "", [.. selector.List("values")?.Texts() ?? []], resource, body))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Matches(string scope, string operation, string[] values, GroupResource resource, MapValue body)
    {
        if (scope == "VolumeAttributesClass")
        {
            return resource == Claims && Compare(body.Text("spec", "volumeAttributesClassName") ?? "", operation, values);
        }

        return resource == Pods && scope switch
        {
            "Terminating" => body.Integer("spec", "activeDeadlineSeconds") >= 0,
            "NotTerminating" => body.Integer("spec", "activeDeadlineSeconds") is null,
            "BestEffort" => PodResources.IsBestEffort(body),
            "NotBestEffort" => !PodResources.IsBestEffort(body),
            "PriorityClass" => Compare(body.Text("spec", "priorityClassName") ?? "", operation, values),
            "CrossNamespacePodAffinity" => ReachesOtherNamespaces(body),
            _ => false,
        };
    }

    private static bool Compare(string value, string operation, string[] values) => operation switch
    {
        "In" => value.Length > 0 && values.Contains(value),
        "NotIn" => !values.Contains(value),
        "Exists" => value.Length > 0,
        "DoesNotExist" => value.Length == 0,
        _ => false,
    };

    private static bool ReachesOtherNamespaces(MapValue pod)
    {
        foreach (var kind in (ReadOnlySpan<string>)["podAffinity", "podAntiAffinity"])
        {
            var required = pod.Maps("spec", "affinity", kind, "requiredDuringSchedulingIgnoredDuringExecution");
            var preferred = pod.Maps("spec", "affinity", kind, "preferredDuringSchedulingIgnoredDuringExecution").Select(static term => term.Map("podAffinityTerm")).OfType<MapValue>();
            if (required.Concat(preferred).Any(static term => term.List("namespaces") is { Count: > 0 } || term.Has("namespaceSelector")))
            {
                return true;
            }
        }

        return false;
    }
}
