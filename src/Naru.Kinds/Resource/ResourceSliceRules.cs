using Naru.Kinds.PodTemplates;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Resource;

/// <summary>What devices there are.</summary>
internal sealed class ResourceSliceRules : KindRules
{
    /// <inheritdoc/>
    public override bool HasGeneration => true;

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> SelectableFields { get; } = ["spec.nodeName", "spec.driver"];

    /// <inheritdoc/>
    public override string? SelectField(MapValue body, string field) => field switch
    {
        "spec.nodeName" => body.Under("spec").Str("nodeName"),
        "spec.driver" => body.Under("spec").Str("driver"),
        _ => null,
    };

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var spec = body.Under("spec");
        VolumeSourceValidation.ValidateDriver(spec.Str("driver"), FieldPath.Spec.Child("driver"), errors);
        errors.RequiredField(spec.Under("pool"), FieldPath.Spec.Child("pool"), "name");
        if (spec.Under("pool").Int("resourceSliceCount") <= 0)
        {
            errors.Invalid(FieldPath.Spec.Child("pool", "resourceSliceCount"), spec.Under("pool").Int("resourceSliceCount"), "must be greater than zero");
        }

        if (spec.CountOf("devices") > 128)
        {
            errors.TooMany(FieldPath.Spec.Child("devices"), spec.CountOf("devices"), 128);
        }

        var ways = new[] { spec.Filled("nodeName"), spec.Has("nodeSelector"), spec.Flag("allNodes"), spec.Flag("perDeviceNodeSelection") }.Count(static one => one);
        if (ways == 0)
        {
            errors.Required(FieldPath.Spec, "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required");
        }
        else if (ways > 1)
        {
            errors.Invalid(FieldPath.Spec, "", "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required, but multiple fields are set");
        }
    }

    /// <inheritdoc/>
    protected override void ValidateChange(MapValue body, MapValue old, FieldErrors errors)
    {
        Validate(body, errors);
        errors.Unchanged(FieldPath.Spec.Child("driver"), body.At("spec", "driver"), old.At("spec", "driver"));
        errors.Unchanged(FieldPath.Spec.Child("pool", "name"), body.At("spec", "pool", "name"), old.At("spec", "pool", "name"));
        errors.Unchanged(FieldPath.Spec.Child("nodeName"), body.At("spec", "nodeName"), old.At("spec", "nodeName"));
    }
}
