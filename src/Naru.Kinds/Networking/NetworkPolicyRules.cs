using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Networking;

/// <summary>Network policies.</summary>
internal sealed class NetworkPolicyRules : KindRules
{
    /// <inheritdoc/>
    public override bool HasGeneration => true;

    /// <inheritdoc/>
    public override void SetDefaults(MapValue body)
    {
        var spec = body.MakeMap("spec");
        spec.MakeMap("podSelector");
        if (spec.CountOf("policyTypes") == 0)
        {
            spec["policyTypes"] = spec.CountOf("egress") > 0 ? new ListValue(["Ingress", "Egress"]) : new ListValue(["Ingress"]);
        }

        foreach (var side in (ReadOnlySpan<string>)["ingress", "egress"])
        {
            foreach (var (_, rule) in spec.Entries(side))
            {
                foreach (var (_, port) in rule.Entries("ports"))
                {
                    port.Default("protocol", "TCP");
                }
            }
        }
    }

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var spec = body.Under("spec");
        LabelRules.ValidateSelector(spec["podSelector"] as MapValue, FieldPath.Spec.Child("podSelector"), errors);
        foreach (var (side, peers) in ((string, string)[])[("ingress", "from"), ("egress", "to")])
        {
            foreach (var (index, rule) in spec.Entries(side))
            {
                var place = FieldPath.Spec.Child(side).Index(index);
                ValidatePorts(rule, place.Child("ports"), errors);
                foreach (var (at, peer) in rule.Entries(peers))
                {
                    ValidatePeer(peer, place.Child(peers).Index(at), errors);
                }
            }
        }

        var types = FieldPath.Spec.Child("policyTypes");
        if (spec.CountOf("policyTypes") > 2)
        {
            errors.Invalid(types, spec["policyTypes"], "may not specify more than two policyTypes");
            return;
        }

        var number = 0;
        foreach (var type in spec.Words("policyTypes"))
        {
            errors.Word(types.Index(number++), type, "Egress", "Ingress");
        }
    }

    private static void ValidatePorts(MapValue rule, FieldPath path, FieldErrors errors)
    {
        foreach (var (index, port) in rule.Entries("ports"))
        {
            var place = path.Index(index);
            errors.OptionalWord(port, place, "protocol", "SCTP", "TCP", "UDP");
            if (port["port"] is { } number)
            {
                errors.PortOrName(place.Child("port"), number);
            }

            if (port["endPort"] is not IntegerValue end)
            {
                continue;
            }

            if (port["port"] is not IntegerValue start)
            {
                errors.Required(place.Child("port"), "must be specified when `endPort` is specified");
            }
            else if (end.Number < start.Number)
            {
                errors.Invalid(place.Child("endPort"), end, "must be greater than or equal to `port`");
            }

            errors.Port(place.Child("endPort"), end.Number);
        }
    }

    private static void ValidatePeer(MapValue peer, FieldPath path, FieldErrors errors)
    {
        LabelRules.ValidateSelector(peer["podSelector"] as MapValue, path.Child("podSelector"), errors);
        LabelRules.ValidateSelector(peer["namespaceSelector"] as MapValue, path.Child("namespaceSelector"), errors);
        var others = peer.Has("podSelector") || peer.Has("namespaceSelector");
        if (peer["ipBlock"] is not MapValue block)
        {
            if (!others)
            {
                errors.Required(path, "must specify a peer");
            }

            return;
        }

        if (others)
        {
            errors.Forbidden(path, "may not specify both ipBlock and another peer");
        }

        var range = block.Str("cidr");
        if (range.Length == 0)
        {
            errors.Required(path.Child("ipBlock", "cidr"));
            return;
        }

        errors.Cidr(path.Child("ipBlock", "cidr"), range);
        var index = 0;
        foreach (var except in block.Words("except"))
        {
            var place = path.Child("ipBlock", "except").Index(index++);
            errors.Cidr(place, except);
            if (FieldChecks.IsCidr(range) && FieldChecks.IsCidr(except) && !AddressRanges.IsStrictlyWithin(range, except))
            {
                errors.Invalid(place, except, "must be a strict subset of `cidr`");
            }
        }
    }
}
