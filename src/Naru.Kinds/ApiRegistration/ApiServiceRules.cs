using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.ApiRegistration;

/// <summary>Groups and versions, served here or by another server.</summary>
internal sealed class ApiServiceRules : KindRules
{
    /// <inheritdoc/>
    public override IReadOnlyCollection<string> SelectableFields { get; } = ["spec.group", "spec.version"];

    /// <inheritdoc/>
    protected override NameRule NameRule => NameRule.PathSegment;

    /// <inheritdoc/>
    public override void SetDefaults(MapValue body)
    {
        if (body.Map("spec", "service") is { } service)
        {
            service.Default("port", 443);
        }
    }

    /// <inheritdoc/>
    public override string? SelectField(MapValue body, string field) => field switch
    {
        "spec.group" => body.Under("spec").Str("group"),
        "spec.version" => body.Under("spec").Str("version"),
        _ => null,
    };

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var spec = body.Under("spec");
        var group = spec.Str("group");
        var version = spec.Str("version");
        var name = body.Text("metadata", "name") ?? "";
        if (name != $"{version}.{group}" && name.Length > 0)
        {
            errors.Invalid(FieldPath.Metadata.Child("name"), name, "must be `spec.version+\".\"+spec.group`: " + $"\"{version}.{group}\"");
        }

        if (group.Length > 0)
        {
            errors.Form(FieldPath.Spec.Child("group"), group, NameChecks.Subdomain);
        }

        errors.Form(FieldPath.Spec.Child("version"), version, NameChecks.OldLabel);
        if (spec.Int("groupPriorityMinimum") is <= 0 or > 20000)
        {
            errors.Invalid(FieldPath.Spec.Child("groupPriorityMinimum"), spec["groupPriorityMinimum"], "must be positive and less than 20000");
        }

        if (spec.Int("versionPriority") is <= 0 or > 1000)
        {
            errors.Invalid(FieldPath.Spec.Child("versionPriority"), spec["versionPriority"], "must be positive and less than 1000");
        }

        if (spec["service"] is not MapValue service)
        {
            return;
        }

        errors.RequiredField(service, FieldPath.Spec.Child("service"), "namespace");
        errors.RequiredField(service, FieldPath.Spec.Child("service"), "name");
        if (spec.Flag("insecureSkipTLSVerify") && spec.Filled("caBundle"))
        {
            errors.Invalid(FieldPath.Spec.Child("insecureSkipTLSVerify"), true, "may not be true if caBundle is present");
        }
    }
}
