using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Core;

/// <summary>Namespaces. They go when the last of their own finalizers, kept in the spec, is gone.</summary>
internal sealed class NamespaceRules : KindRules
{
    private const string NameLabel = "kubernetes.io/metadata.name";

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> SelectableFields { get; } = ["status.phase"];

    /// <inheritdoc/>
    protected override NameRule NameRule => NameRule.Label;

    /// <inheritdoc/>
    public override void SetDefaults(MapValue body)
    {
        body.MakeMap("spec");
        body.MakeMap("status").DefaultText("phase", "Active");
        SetLabel(body);
    }

    /// <inheritdoc/>
    public override void PrepareCreate(MapValue body)
    {
        body["status"] = new MapValue { ["phase"] = "Active" };
        var finalizers = body.MakeMap("spec").MakeList("finalizers");
        if (!finalizers.Texts().Contains("kubernetes"))
        {
            finalizers.Add("kubernetes");
        }

        SetLabel(body);
    }

    /// <inheritdoc/>
    public override void PrepareUpdate(MapValue body, MapValue old)
    {
        body["spec"] = old["spec"]?.Clone();
        body["status"] = old["status"]?.Clone();
    }

    /// <inheritdoc/>
    public override void PrepareSubresource(string subresource, MapValue body, MapValue old)
    {
        if (subresource == "finalize")
        {
            body["status"] = old["status"]?.Clone();
        }
        else
        {
            base.PrepareSubresource(subresource, body, old);
        }
    }

    /// <inheritdoc/>
    public override string? SelectField(MapValue body, string field) => field is "status.phase" ? body.Under("status").Str("phase") : null;

    /// <inheritdoc/>
    protected override void ValidateStatus(MapValue body, MapValue old, FieldErrors errors)
    {
        var phase = body.Under("status").Str("phase");
        var going = body.Map("metadata")?.Has("deletionTimestamp") == true;
        if (!going && phase != "Active")
        {
            errors.Invalid(FieldPath.Status.Child("Phase"), phase, "may only be 'Active' if `deletionTimestamp` is empty");
        }
        else if (going && phase != "Terminating")
        {
            errors.Invalid(FieldPath.Status.Child("Phase"), phase, "may only be 'Terminating' if `deletionTimestamp` is not empty");
        }
    }

    private static void SetLabel(MapValue body)
    {
        var metadata = body.MakeMap("metadata");
        if (metadata["name"] is TextValue { Text.Length: > 0 } name)
        {
            metadata.MakeMap("labels")[NameLabel] = name;
        }
    }
}
