using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Core.Services;

/// <summary>Services. Addresses and node ports are given out by the allocator, not here.</summary>
internal sealed class ServiceRules : KindRules
{
    private const string ExternalName = "ExternalName";
    private const string LoadBalancer = "LoadBalancer";
    private const string NodePort = "NodePort";

    /// <inheritdoc/>
    public override bool CreatesOnUpdate => true;

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> SelectableFields { get; } = ["spec.clusterIP", "spec.type"];

    /// <inheritdoc/>
    protected override NameRule NameRule => NameRule.OldLabel;

    /// <inheritdoc/>
    public override void SetDefaults(MapValue body)
    {
        var spec = body.MakeMap("spec");
        spec.DefaultText("type", "ClusterIP");
        spec.DefaultText("sessionAffinity", "None");
        if (spec.Str("sessionAffinity") == "None")
        {
            spec.Remove("sessionAffinityConfig");
        }
        else if (spec.Str("sessionAffinity") == "ClientIP" && spec.At("sessionAffinityConfig", "clientIP", "timeoutSeconds") is null)
        {
            spec["sessionAffinityConfig"] = new MapValue { ["clientIP"] = new MapValue { ["timeoutSeconds"] = 10800 } };
        }

        foreach (var (_, port) in spec.Entries("ports"))
        {
            port.DefaultText("protocol", "TCP");
            if (port["targetPort"] is null or IntegerValue { Number: 0 } or TextValue { Text.Length: 0 })
            {
                port["targetPort"] = port["port"];
            }
        }

        var type = spec.Str("type");
        if (type is NodePort or LoadBalancer || (type == "ClusterIP" && spec.CountOf("externalIPs") > 0))
        {
            spec.DefaultText("externalTrafficPolicy", "Cluster");
        }

        if (type is NodePort or LoadBalancer or "ClusterIP")
        {
            spec.Default("internalTrafficPolicy", "Cluster");
        }

        if (type == LoadBalancer)
        {
            spec.Default("allocateLoadBalancerNodePorts", true);
        }
    }

    /// <inheritdoc/>
    public override void PrepareCreate(MapValue body)
    {
        base.PrepareCreate(body);
        body["status"] = new MapValue { ["loadBalancer"] = new MapValue() };
        DropForeign(body.MakeMap("spec"));
    }

    /// <inheritdoc/>
    public override void PrepareUpdate(MapValue body, MapValue old)
    {
        base.PrepareUpdate(body, old);
        var spec = body.MakeMap("spec");
        var before = old.Under("spec");
        if (spec.Str("type") != ExternalName && before.Str("type") != ExternalName)
        {
            // Who says nothing of what was given out keeps it.
            Keep(spec, before, "clusterIP");
            if (SameValue.Of(spec["clusterIP"], before["clusterIP"]))
            {
                Keep(spec, before, "clusterIPs");
                Keep(spec, before, "ipFamilies");
                Keep(spec, before, "ipFamilyPolicy");
            }

            ServicePorts.KeepNodePorts(spec, before);
        }

        ServicePorts.DropNodePorts(spec, before);

        DropForeign(spec);
    }

    /// <inheritdoc/>
    public override string? SelectField(MapValue body, string field) => field switch
    {
        "spec.clusterIP" => body.Under("spec").Str("clusterIP"),
        "spec.type" => body.Under("spec").Str("type"),
        _ => null,
    };

    /// <inheritdoc/>
    public override IEnumerable<string> Warnings(MapValue body, MapValue? old)
    {
        var spec = body.Under("spec");
        if (spec.Str("loadBalancerIP").Length > 0)
        {
            yield return "spec.loadBalancerIP is deprecated, non-portable, and not supported by all load balancer implementations";
        }

        if (spec.Str("type") == ExternalName && spec.CountOf("externalIPs") > 0)
        {
            yield return "spec.externalIPs is ignored when spec.type is \"ExternalName\"";
        }

        if (spec.Str("type") != ExternalName && spec.Str("externalName").Length > 0)
        {
            yield return "spec.externalName is ignored when spec.type is not \"ExternalName\"";
        }

        if (spec.Str("clusterIP") == "None" && spec.Str("sessionAffinity") == "ClientIP")
        {
            yield return "spec.SessionAffinity is ignored for headless services";
        }
    }

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors) => ServiceValidation.Validate(body, errors);

    /// <inheritdoc/>
    protected override void ValidateChange(MapValue body, MapValue old, FieldErrors errors)
    {
        Validate(body, errors);
        ServiceValidation.ValidateChange(body, old, errors);
    }

    /// <inheritdoc/>
    protected override void ValidateStatus(MapValue body, MapValue old, FieldErrors errors)
    {
        foreach (var (index, ingress) in (body.Map("status", "loadBalancer") ?? []).Entries("ingress"))
        {
            var place = FieldPath.Status.Child("loadBalancer", "ingress").Index(index);
            if (ingress.Str("ip") is { Length: > 0 } address)
            {
                errors.Address(place.Child("ip"), address);
            }

            if (ingress.Str("hostname") is { Length: > 0 } host)
            {
                errors.Form(place.Child("hostname"), host, NameChecks.Subdomain);
            }
        }
    }

    private static void Keep(MapValue spec, MapValue before, string field)
    {
        if (!spec.Filled(field) && before[field] is { } value)
        {
            spec[field] = value.Clone();
        }
    }

    // What means something only for another type of service goes when the type changes.
    private static void DropForeign(MapValue spec)
    {
        var type = spec.Str("type");
        if (type != LoadBalancer)
        {
            spec.Remove("allocateLoadBalancerNodePorts");
            spec.Remove("loadBalancerClass");
        }

        if (type == ExternalName)
        {
            spec.Remove("internalTrafficPolicy");
            spec.Remove("ipFamilies");
            spec.Remove("ipFamilyPolicy");
            spec.Remove("clusterIP");
            spec.Remove("clusterIPs");
        }

        if (type is not (NodePort or LoadBalancer) && spec.CountOf("externalIPs") == 0)
        {
            spec.Remove("externalTrafficPolicy");
        }

        if (type != LoadBalancer || spec.Str("externalTrafficPolicy") != "Local")
        {
            spec.Remove("healthCheckNodePort");
        }
    }
}
