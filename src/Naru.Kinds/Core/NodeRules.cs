using Naru.Kinds.Metadata;
using Naru.Kinds.PodTemplates;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Core;

/// <summary>Nodes.</summary>
internal sealed class NodeRules : KindRules
{
    private static readonly string[] Fixed = ["podCIDR", "podCIDRs", "providerID", "externalID"];

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> SelectableFields { get; } = ["spec.unschedulable"];

    /// <inheritdoc/>
    public override void SetDefaults(MapValue body)
    {
        body.MakeMap("spec");
        if (body["status"] is MapValue status && status["capacity"] is MapValue capacity && !status.Has("allocatable"))
        {
            status["allocatable"] = capacity.Clone();
        }
    }

    // A node that registers itself says its status with the same request.

    /// <inheritdoc/>
    public override void PrepareCreate(MapValue body)
    {
    }

    /// <inheritdoc/>
    public override string? SelectField(MapValue body, string field) => field == "spec.unschedulable" ? (body.Boolean("spec", "unschedulable") == true ? "true" : "false") : null;

    /// <inheritdoc/>
    public override IEnumerable<string> Warnings(MapValue body, MapValue? old)
    {
        if (body.Under("spec").Filled("externalID"))
        {
            yield return "spec.externalID: this field is deprecated, and is unused by Kubernetes";
        }

        if (body.Under("spec").Has("configSource"))
        {
            yield return "spec.configSource: the feature is no longer supported";
        }
    }

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var spec = body.Under("spec");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, taint) in spec.Entries("taints"))
        {
            var place = FieldPath.Spec.Child("taints").Index(index);
            var key = taint.Str("key");
            errors.Form(place.Child("key"), key, NameChecks.Qualified);
            errors.Form(place.Child("value"), taint.Str("value"), NameChecks.LabelValue);
            errors.RequiredWord(place.Child("effect"), taint.Str("effect"), "NoSchedule", "PreferNoSchedule", "NoExecute");
            if (!seen.Add($"{key}={taint.Str("effect")}"))
            {
                errors.Duplicate(place, taint);
            }
        }

        var families = new HashSet<bool>();
        var at = 0;
        foreach (var range in spec.Words("podCIDRs"))
        {
            errors.Cidr(FieldPath.Spec.Child("podCIDRs").Index(at++), range);
            if (!families.Add(FieldChecks.IsVersion6(range)))
            {
                errors.Invalid(FieldPath.Spec.Child("podCIDRs"), spec["podCIDRs"], "may specify no more than one CIDR for each IP family");
            }
        }

        foreach (var side in (ReadOnlySpan<string>)["capacity", "allocatable"])
        {
            if (body.Under("status")[side] is MapValue amounts)
            {
                ResourceValidation.ValidateAmounts(amounts, FieldPath.Status.Child(side), errors);
            }
        }
    }

    /// <inheritdoc/>
    protected override void ValidateChange(MapValue body, MapValue old, FieldErrors errors)
    {
        Validate(body, errors);
        foreach (var name in Fixed)
        {
            if (old.At("spec", name) is { } before && !SameValue.IsEmpty(before) && !SameValue.Of(body.At("spec", name), before))
            {
                errors.Forbidden(FieldPath.Spec.Child(name), "node updates may not change " + name + " except from \"\" to valid");
            }
        }
    }

    /// <inheritdoc/>
    protected override void ValidateStatus(MapValue body, MapValue old, FieldErrors errors)
    {
        Validate(body, errors);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, address) in body.Under("status").Entries("addresses"))
        {
            if (!seen.Add($"{address.Str("type")}/{address.Str("address")}"))
            {
                errors.Duplicate(FieldPath.Status.Child("addresses").Index(index), address);
            }
        }
    }
}
