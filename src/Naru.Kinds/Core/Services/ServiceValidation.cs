using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Core.Services;

/// <summary>The rules of services.</summary>
internal static class ServiceValidation
{
    private static readonly FieldPath Path = FieldPath.Spec;

    /// <summary>A service.</summary>
    public static void Validate(MapValue body, FieldErrors errors)
    {
        var spec = body.Under("spec");
        var type = spec.Str("type");
        ServicePorts.Validate(spec, Path.Child("ports"), errors);
        ValidateType(spec, type, errors);
        if (spec["selector"] is MapValue selector)
        {
            LabelRules.ValidateLabels(selector, Path.Child("selector"), errors);
        }

        errors.RequiredWord(Path.Child("sessionAffinity"), spec.Str("sessionAffinity"), "ClientIP", "None");
        if (spec.Str("sessionAffinity") == "ClientIP" && (spec.Map("sessionAffinityConfig", "clientIP")?.Int("timeoutSeconds") ?? 0) is <= 0 or > 86400)
        {
            errors.Invalid(Path.Child("sessionAffinityConfig", "clientIP").Child("timeoutSeconds"), spec.At("sessionAffinityConfig", "clientIP", "timeoutSeconds"), "must be greater than 0 and less than 86400");
        }

        ValidateAddresses(spec, errors);
        ValidatePolicies(spec, type, errors);
    }

    /// <summary>What of a service may change.</summary>
    public static void ValidateChange(MapValue body, MapValue old, FieldErrors errors)
    {
        var spec = body.Under("spec");
        var before = old.Under("spec");
        if (before.Str("type") == "ExternalName" || spec.Str("type") == "ExternalName")
        {
            return;
        }

        if (before.Str("clusterIP").Length > 0 && !SameValue.Of(spec["clusterIP"], before["clusterIP"]))
        {
            errors.Invalid(Path.Child("clusterIPs").Index(0), spec["clusterIPs"] ?? new ListValue([spec.Str("clusterIP")]), "may not change once set");
        }

        if (before.CountOf("ipFamilies") > 0 && spec.CountOf("ipFamilies") > 0 && !SameValue.Of(spec.List("ipFamilies")![0], before.List("ipFamilies")![0]))
        {
            errors.Invalid(Path.Child("ipFamilies").Index(0), spec["ipFamilies"], "may not change once set");
        }

        if (before.Str("type") == "LoadBalancer" && spec.Str("type") == "LoadBalancer" && !SameValue.Of(spec["loadBalancerClass"], before["loadBalancerClass"]))
        {
            errors.Invalid(Path.Child("loadBalancerClass"), spec["loadBalancerClass"], "may not change once set");
        }
    }

    private static void ValidateType(MapValue spec, string type, FieldErrors errors)
    {
        errors.RequiredWord(Path.Child("type"), type, "ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
        if (type == "ExternalName")
        {
            var name = spec.Str("externalName");
            if (name.Length == 0)
            {
                errors.Required(Path.Child("externalName"));
            }
            else
            {
                errors.Form(Path.Child("externalName"), name.TrimEnd('.'), NameChecks.Subdomain);
            }

            if (spec.Str("clusterIP").Length > 0)
            {
                errors.Forbidden(Path.Child("clusterIP"), "may not be set when `type` is 'ExternalName'");
            }

            return;
        }

        if (spec.Str("clusterIP") == "None" && type != "ClusterIP")
        {
            errors.Invalid(Path.Child("clusterIPs").Index(0), "None", $"may not be set to 'None' for {type} services");
        }
    }

    private static void ValidateAddresses(MapValue spec, FieldErrors errors)
    {
        var cluster = spec.Str("clusterIP");
        if (cluster is not ("" or "None") && !FieldChecks.IsAddress(cluster))
        {
            errors.Address(Path.Child("clusterIPs").Index(0), cluster);
        }

        if (cluster.Length > 0 && spec.CountOf("clusterIPs") > 0 && spec.Words("clusterIPs").First() != cluster)
        {
            errors.Invalid(Path.Child("clusterIPs"), spec["clusterIPs"], "first value must match `clusterIP`");
        }

        var index = 0;
        foreach (var address in spec.Words("externalIPs"))
        {
            errors.Address(Path.Child("externalIPs").Index(index++), address);
        }

        index = 0;
        foreach (var family in spec.Words("ipFamilies"))
        {
            errors.Word(Path.Child("ipFamilies").Index(index++), family, "IPv4", "IPv6");
        }

        errors.OptionalWord(spec, Path, "ipFamilyPolicy", "SingleStack", "PreferDualStack", "RequireDualStack");
        if (spec.CountOf("loadBalancerSourceRanges") > 0)
        {
            if (spec.Str("type") != "LoadBalancer")
            {
                errors.Forbidden(Path.Child("LoadBalancerSourceRanges"), "may only be used when `type` is 'LoadBalancer'");
            }

            index = 0;
            foreach (var range in spec.Words("loadBalancerSourceRanges"))
            {
                errors.Cidr(Path.Child("loadBalancerSourceRanges").Index(index++), range.Trim());
            }
        }
    }

    private static void ValidatePolicies(MapValue spec, string type, FieldErrors errors)
    {
        var outward = type is "NodePort" or "LoadBalancer" || (type == "ClusterIP" && spec.CountOf("externalIPs") > 0);
        if (spec["externalTrafficPolicy"] is TextValue { Text.Length: > 0 } external)
        {
            if (outward)
            {
                errors.Word(Path.Child("externalTrafficPolicy"), external.Text, "Cluster", "Local");
            }
            else
            {
                errors.Invalid(Path.Child("externalTrafficPolicy"), external.Text, "may only be set for externally-accessible services");
            }
        }

        errors.OptionalWord(spec, Path, "internalTrafficPolicy", "Cluster", "Local");
        errors.OptionalWord(spec, Path, "trafficDistribution", "PreferClose", "PreferSameNode", "PreferSameZone");
        if (spec.Int("healthCheckNodePort") < 0)
        {
            errors.Invalid(Path.Child("healthCheckNodePort"), spec["healthCheckNodePort"], "must be between 1 and 65535, inclusive");
        }

        if (type != "LoadBalancer")
        {
            if (spec.Has("allocateLoadBalancerNodePorts"))
            {
                errors.Forbidden(Path.Child("allocateLoadBalancerNodePorts"), "may only be used when `type` is 'LoadBalancer'");
            }

            if (spec.Has("loadBalancerClass"))
            {
                errors.Forbidden(Path.Child("loadBalancerClass"), "may only be used when `type` is 'LoadBalancer'");
            }
        }
    }
}
