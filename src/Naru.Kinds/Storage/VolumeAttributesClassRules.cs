using Naru.Kinds.PodTemplates;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Storage;

/// <summary>Classes of volume attributes.</summary>
internal sealed class VolumeAttributesClassRules : KindRules
{
    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        VolumeSourceValidation.ValidateDriver(body.Str("driverName"), FieldPath.Of("driverName"), errors);
        if (body.Under("parameters").Count == 0)
        {
            errors.Required(FieldPath.Of("parameters"), "must contain at least one key/value pair");
        }
    }

    /// <inheritdoc/>
    protected override void ValidateChange(MapValue body, MapValue old, FieldErrors errors)
    {
        errors.Unchanged(FieldPath.Of("driverName"), body["driverName"], old["driverName"]);
        errors.Unchanged(FieldPath.Of("parameters"), body["parameters"], old["parameters"]);
    }
}
