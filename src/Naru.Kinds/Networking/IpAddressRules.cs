using System.Net;
using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Networking;

/// <summary>Addresses in use, each the name of its object.</summary>
internal sealed class IpAddressRules : KindRules
{
    private static readonly NameRule Address = new(static name =>
        !FieldChecks.IsAddress(name) ? "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
            : IPAddress.Parse(name).ToString() != name ? $"must be in canonical form (\"{IPAddress.Parse(name)}\")"
            : null);

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> SelectableFields { get; } = ["spec.parentRef.group", "spec.parentRef.resource", "spec.parentRef.namespace", "spec.parentRef.name"];

    /// <inheritdoc/>
    protected override NameRule NameRule => Address;

    /// <inheritdoc/>
    public override string? SelectField(MapValue body, string field) =>
        SelectableFields.Contains(field) ? body.Map("spec", "parentRef")?.Str(field["spec.parentRef.".Length..]) ?? "" : null;

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var path = FieldPath.Spec.Child("parentRef");
        if (body.Map("spec", "parentRef") is not { } parent)
        {
            errors.Required(path);
            return;
        }

        errors.RequiredForm(path.Child("resource"), parent.Str("resource"), NameChecks.PathSegment);
        errors.RequiredForm(path.Child("name"), parent.Str("name"), NameChecks.PathSegment);
    }

    /// <inheritdoc/>
    protected override void ValidateChange(MapValue body, MapValue old, FieldErrors errors) => errors.Unchanged(FieldPath.Spec.Child("parentRef"), body.At("spec", "parentRef"), old.At("spec", "parentRef"));
}
