using Naru.Kinds.Metadata;
using Naru.Kinds.PodTemplates;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Storage;

/// <summary>Attachments of volumes to nodes.</summary>
internal sealed class VolumeAttachmentRules : KindRules
{
    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var spec = body.Under("spec");
        VolumeSourceValidation.ValidateDriver(spec.Str("attacher"), FieldPath.Spec.Child("attacher"), errors);
        errors.RequiredForm(FieldPath.Spec.Child("nodeName"), spec.Str("nodeName"), NameChecks.Subdomain);
        var source = spec.Under("source");
        if (!source.Has("inlineVolumeSpec") && !source.Has("persistentVolumeName"))
        {
            errors.Required(FieldPath.Spec.Child("source"), "must specify one of inlineVolumeSpec and persistentVolumeName");
        }
    }

    /// <inheritdoc/>
    protected override void ValidateChange(MapValue body, MapValue old, FieldErrors errors)
    {
        Validate(body, errors);
        errors.Unchanged(FieldPath.Spec, body["spec"], old["spec"]);
    }
}
