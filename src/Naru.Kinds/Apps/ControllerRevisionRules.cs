using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Apps;

/// <summary>Revisions that stateful and daemon sets keep of their templates.</summary>
internal sealed class ControllerRevisionRules : KindRules
{
    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        if (body.Int("revision") < 0)
        {
            errors.Invalid(FieldPath.Of("revision"), body["revision"], "must be greater than or equal to 0");
        }

        if (body["data"] is null or NullValue)
        {
            errors.Required(FieldPath.Of("data"), "data is mandatory");
        }
    }

    /// <inheritdoc/>
    protected override void ValidateChange(MapValue body, MapValue old, FieldErrors errors)
    {
        Validate(body, errors);
        errors.Unchanged(FieldPath.Of("data"), body["data"], old["data"]);
    }
}
