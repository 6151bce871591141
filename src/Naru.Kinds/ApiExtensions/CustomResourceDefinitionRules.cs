using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.ApiExtensions;

/// <summary>Definitions of custom resources. Their schemas are compiled by the object core.</summary>
internal sealed class CustomResourceDefinitionRules : KindRules
{
    /// <inheritdoc/>
    public override bool HasGeneration => true;

    /// <inheritdoc/>
    public override void SetDefaults(MapValue body)
    {
        var spec = body.MakeMap("spec");
        var names = spec.MakeMap("names");
        if (names.Str("kind") is { Length: > 0 } kind)
        {
            names.DefaultText("singular", kind.ToLowerInvariant());
            names.DefaultText("listKind", kind + "List");
        }

        spec.MakeMap("conversion").DefaultText("strategy", "None");
        if (spec.Map("conversion", "webhook", "clientConfig", "service") is { } service)
        {
            service.Default("port", 443);
        }
    }

    /// <inheritdoc/>
    public override void PrepareCreate(MapValue body)
    {
        base.PrepareCreate(body);
        var status = new MapValue
        {
            ["conditions"] = new ListValue(),
            ["acceptedNames"] = new MapValue { ["plural"] = "", ["kind"] = "" },
            ["storedVersions"] = new ListValue(),
        };
        body["status"] = status;
        AddStored(body);
    }

    /// <inheritdoc/>
    public override void PrepareUpdate(MapValue body, MapValue old)
    {
        base.PrepareUpdate(body, old);
        AddStored(body);
    }

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors) => DefinitionValidation.Validate(body, errors);

    /// <inheritdoc/>
    protected override void ValidateChange(MapValue body, MapValue old, FieldErrors errors)
    {
        Validate(body, errors);
        var spec = body.Under("spec");
        var before = old.Under("spec");
        foreach (var name in (ReadOnlySpan<string>)["group", "scope"])
        {
            errors.Unchanged(FieldPath.Spec.Child(name), spec[name], before[name]);
        }

        foreach (var name in (ReadOnlySpan<string>)["plural", "kind", "listKind"])
        {
            if (name == "plural" || old.Maps("status", "conditions").Any(static one => one.Str("type") == "Established" && one.Str("status") == "True"))
            {
                errors.Unchanged(FieldPath.Spec.Child("names", name), spec.At("names", name), before.At("names", name));
            }
        }

        var versions = spec.Entries("versions").Select(static one => one.Entry.Str("name")).ToHashSet();
        var index = 0;
        foreach (var stored in body.Under("status").Words("storedVersions"))
        {
            if (!versions.Contains(stored))
            {
                errors.Invalid(FieldPath.Status.Child("storedVersions").Index(index), stored, $"missing from spec.versions; {stored} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in {stored} and removes {stored} from status.storedVersions");
            }

            index++;
        }
    }

    /// <inheritdoc/>
    protected override void ValidateStatus(MapValue body, MapValue old, FieldErrors errors)
    {
        var stored = body.Under("status").Words("storedVersions").ToHashSet();
        if (stored.Count == 0)
        {
            errors.Invalid(FieldPath.Status.Child("storedVersions"), body.At("status", "storedVersions"), "must have at least one stored version");
        }

        var storage = body.Under("spec").Entries("versions").Select(static one => one.Entry).FirstOrDefault(static one => one.Flag("storage"))?.Str("name");
        if (storage is not null && stored.Count > 0 && !stored.Contains(storage))
        {
            errors.Invalid(FieldPath.Status.Child("storedVersions"), body.At("status", "storedVersions"), $"must have the storage version {storage}");
        }
    }

    private static void AddStored(MapValue body)
    {
        var stored = body.MakeMap("status").MakeList("storedVersions");
        foreach (var (_, version) in body.Under("spec").Entries("versions"))
        {
            if (version.Flag("storage") && !stored.Texts().Contains(version.Str("name")))
            {
                stored.Add(version.Str("name"));
            }
        }
    }
}
