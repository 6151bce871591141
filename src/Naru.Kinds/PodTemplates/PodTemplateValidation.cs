using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.PodTemplates;

/// <summary>The rules of pod templates, alike in all workloads.</summary>
internal static class PodTemplateValidation
{
    /// <summary>A template: its metadata and spec.</summary>
    public static void Validate(MapValue template, FieldPath path, FieldErrors errors)
    {
        var metadata = template.Under("metadata");
        if (metadata["labels"] is MapValue labels)
        {
            LabelRules.ValidateLabels(labels, path.Child("metadata", "labels"), errors);
        }

        if (metadata["annotations"] is MapValue annotations)
        {
            ObjectMetadata.ValidateAnnotations(annotations, path.Child("metadata", "annotations"), errors);
        }

        var spec = template.Under("spec");
        PodSpecValidation.Validate(spec, metadata, false, path.Child("spec"), errors);
        if (spec.Filled("ephemeralContainers"))
        {
            errors.Forbidden(path.Child("spec", "ephemeralContainers"), "ephemeral containers not allowed in pod template");
        }
    }

    /// <summary>The template of a controller that keeps pods running: what its selector chooses, and always started again.</summary>
    public static void ValidateKept(MapValue holder, FieldPath path, MapValue? labels, bool matches, string word, FieldErrors errors)
    {
        if (holder["template"] is not MapValue template)
        {
            errors.Required(path);
            return;
        }

        if (labels is not null && !matches)
        {
            errors.Invalid(path.Child("metadata", "labels"), labels, "`selector` does not match template `labels`");
        }

        Validate(template, path, errors);
        var spec = template.Under("spec");
        if (spec.Str("restartPolicy") is not "Always" and var policy)
        {
            errors.NotSupported(path.Child("spec", "restartPolicy"), policy, "Always");
        }

        if (spec.Has("activeDeadlineSeconds"))
        {
            errors.Forbidden(path.Child("spec", "activeDeadlineSeconds"), $"activeDeadlineSeconds in {word} is not Supported");
        }
    }
}
