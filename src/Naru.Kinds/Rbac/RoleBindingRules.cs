using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Rbac;

/// <summary>Bindings of roles to users, groups and service accounts.</summary>
internal sealed class RoleBindingRules : KindRules
{
    private const string Group = "rbac.authorization.k8s.io";

    /// <inheritdoc/>
    public override bool CreatesOnUpdate => true;

    /// <inheritdoc/>
    protected override NameRule NameRule => NameRule.PathSegment;

    /// <inheritdoc/>
    public override void SetDefaults(MapValue body)
    {
        body.MakeMap("roleRef").DefaultText("apiGroup", Group);
        foreach (var (_, subject) in body.Entries("subjects"))
        {
            if (subject.Str("kind") is "User" or "Group")
            {
                subject.DefaultText("apiGroup", Group);
            }
        }
    }

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var role = body.Under("roleRef");
        var path = FieldPath.Of("roleRef");
        errors.Word(path.Child("apiGroup"), role.Str("apiGroup"), Group);
        if (Namespaced)
        {
            errors.Word(path.Child("kind"), role.Str("kind"), "ClusterRole", "Role");
        }
        else
        {
            errors.Word(path.Child("kind"), role.Str("kind"), "ClusterRole");
        }

        errors.RequiredForm(path.Child("name"), role.Str("name"), NameChecks.PathSegment);
        foreach (var (index, subject) in body.Entries("subjects"))
        {
            ValidateSubject(subject, FieldPath.Of("subjects").Index(index), errors);
        }
    }

    /// <inheritdoc/>
    protected override void ValidateChange(MapValue body, MapValue old, FieldErrors errors)
    {
        Validate(body, errors);
        if (!SameValue.Of(body["roleRef"], old["roleRef"]))
        {
            errors.Invalid(FieldPath.Of("roleRef"), body["roleRef"], "cannot change roleRef");
        }
    }

    private static void ValidateSubject(MapValue subject, FieldPath path, FieldErrors errors)
    {
        errors.RequiredField(subject, path, "name");
        var kind = subject.Str("kind");
        switch (kind)
        {
            case "ServiceAccount":
                if (subject.Str("name") is { Length: > 0 } name)
                {
                    errors.Form(path.Child("name"), name, NameChecks.Subdomain);
                }

                errors.Word(path.Child("apiGroup"), subject.Str("apiGroup"), "");
                errors.RequiredField(subject, path, "namespace");
                break;
            case "User" or "Group":
                errors.Word(path.Child("apiGroup"), subject.Str("apiGroup"), Group);
                break;
            default:
                errors.NotSupported(path.Child("kind"), kind, "Group", "ServiceAccount", "User");
                break;
        }
    }
}
