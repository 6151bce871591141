using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Rules;

/// <summary>Reviews: questions that are answered and never stored. They need no name.</summary>
internal sealed class ReviewRules(string kind) : KindRules
{
    private static readonly FieldPath Resource = FieldPath.Spec.Child("resourceAttributes");

    /// <inheritdoc/>
    public override bool NeedsName => false;

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var spec = body.Under("spec");
        switch (kind)
        {
            case "TokenReview":
                errors.RequiredField(spec, FieldPath.Spec, "token");
                break;
            case "SubjectAccessReview" or "LocalSubjectAccessReview":
                if (!spec.Filled("user") && spec.CountOf("groups") == 0)
                {
                    errors.Invalid(FieldPath.Spec.Child("user"), "", "at least one of user or group must be specified");
                }

                CheckAttributes(spec, errors);
                break;
            case "SelfSubjectAccessReview":
                CheckAttributes(spec, errors);
                break;
        }
    }

    private static void CheckAttributes(MapValue spec, FieldErrors errors)
    {
        if (spec.Has("resourceAttributes") && spec.Has("nonResourceAttributes"))
        {
            errors.Invalid(FieldPath.Spec.Child("nonResourceAttributes"), spec["nonResourceAttributes"], "cannot be specified in combination with resourceAttributes");
        }
        else if (!spec.Has("resourceAttributes") && !spec.Has("nonResourceAttributes"))
        {
            errors.Invalid(Resource, spec["resourceAttributes"], "exactly one of nonResourceAttributes or resourceAttributes must be specified");
        }
    }
}
