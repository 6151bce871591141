using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Metadata;

/// <summary>The rules of metadata, the same for all kinds.</summary>
public static class ObjectMetadata
{
    private const int MostAnnotations = 256 * 1024;

    private static readonly string[] Identity = ["name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"];

    /// <summary>Rules of a new object whose name is a domain name: custom resources.</summary>
    public static void Validate(MapValue body, bool namespaced, FieldErrors errors) => Validate(body, namespaced, NameRule.Subdomain, errors);

    /// <summary>Rules of a changed object.</summary>
    public static void ValidateUpdate(MapValue body, MapValue old, FieldErrors errors)
    {
        var metadata = body.Map("metadata") ?? [];
        var before = old.Map("metadata") ?? [];
        ValidateContent(metadata, FieldPath.Metadata, errors);
        foreach (var field in Identity)
        {
            if (metadata[field] is { } value && !value.DeepEquals(before[field]))
            {
                errors.Invalid(FieldPath.Metadata.Child(field), value, "field is immutable");
            }
        }

        if (before.Has("deletionTimestamp") && metadata.List("finalizers") is { } finalizers)
        {
            var known = before.List("finalizers")?.Texts().ToHashSet() ?? [];
            var added = finalizers.Texts().Where(one => !known.Contains(one)).Select(static one => $"\"{one}\"").ToList();
            if (added.Count > 0)
            {
                errors.Forbidden(FieldPath.Metadata.Child("finalizers"), $"no new finalizers can be added if the object is being deleted, found new finalizers []string{{{string.Join(", ", added)}}}");
            }
        }
    }

    /// <summary>Rules of a new object.</summary>
    internal static void Validate(MapValue body, bool namespaced, NameRule rule, FieldErrors errors)
    {
        var metadata = body.Map("metadata") ?? [];
        ValidateName(metadata, rule, errors);
        ValidateNamespace(metadata.Text("namespace") ?? "", namespaced, errors);
        if (metadata.Integer("generation") < 0)
        {
            errors.Invalid(FieldPath.Metadata.Child("generation"), metadata["generation"], "must be greater than or equal to 0");
        }

        ValidateContent(metadata, FieldPath.Metadata, errors);
    }

    /// <summary>Labels, annotations, owners and finalizers: what templates have too.</summary>
    internal static void ValidateContent(MapValue metadata, FieldPath path, FieldErrors errors)
    {
        if (metadata["labels"] is MapValue labels)
        {
            LabelRules.ValidateLabels(labels, path.Child("labels"), errors);
        }

        if (metadata["annotations"] is MapValue annotations)
        {
            ValidateAnnotations(annotations, path.Child("annotations"), errors);
        }

        if (metadata["ownerReferences"] is ListValue owners)
        {
            ValidateOwners(owners, path.Child("ownerReferences"), errors);
        }

        if (metadata["finalizers"] is ListValue finalizers)
        {
            ValidateFinalizers(finalizers, path.Child("finalizers"), errors);
        }
    }

    /// <summary>Keys and size of annotations.</summary>
    internal static void ValidateAnnotations(MapValue annotations, FieldPath path, FieldErrors errors)
    {
        long size = 0;
        foreach (var (key, value) in annotations.AsSpan())
        {
            var low = key.ToLowerInvariant();
            if (NameChecks.Qualified(low) is { } wrong)
            {
                errors.Invalid(path, key, wrong);
            }

            size += key.Length + ((value as TextValue)?.Text.Length ?? 0);
        }

        if (size > MostAnnotations)
        {
            errors.TooLong(path, MostAnnotations);
        }
    }

    private static void ValidateName(MapValue metadata, NameRule rule, FieldErrors errors)
    {
        var name = metadata.Text("name") ?? "";
        var start = metadata.Text("generateName") ?? "";
        if (start.Length > 0 && rule.WrongStart(start) is { } wrongStart)
        {
            errors.Invalid(FieldPath.Metadata.Child("generateName"), start, wrongStart);
        }

        if (name.Length == 0)
        {
            errors.Required(FieldPath.Metadata.Child("name"), "name or generateName is required");
        }
        else if (rule.Wrong(name) is { } wrong)
        {
            errors.Invalid(FieldPath.Metadata.Child("name"), name, wrong);
        }
    }

    private static void ValidateNamespace(string name, bool namespaced, FieldErrors errors)
    {
        if (!namespaced)
        {
            if (name.Length > 0)
            {
                errors.Forbidden(FieldPath.Metadata.Child("namespace"), "not allowed on this type");
            }
        }
        else if (name.Length == 0)
        {
            errors.Required(FieldPath.Metadata.Child("namespace"));
        }
        else if (NameChecks.Label(name) is { } wrong)
        {
            errors.Invalid(FieldPath.Metadata.Child("namespace"), name, wrong);
        }
    }

    private static void ValidateOwners(ListValue owners, FieldPath path, FieldErrors errors)
    {
        string? controller = null;
        foreach (var owner in owners.Maps())
        {
            var version = owner.Text("apiVersion") ?? "";
            if (version.Length == 0)
            {
                errors.Invalid(path.Child("apiVersion"), version, "version must not be empty");
            }

            foreach (var field in (ReadOnlySpan<string>)["kind", "name", "uid"])
            {
                if (string.IsNullOrEmpty(owner.Text(field)))
                {
                    errors.Invalid(path.Child(field), "", field + " must not be empty");
                }
            }

            if (owner.Text("kind") == "Event" && version == "v1")
            {
                errors.Invalid(path, "Event", "/v1, Kind=Event is disallowed from being an owner");
            }

            if (owner.Boolean("controller") == true)
            {
                var name = $"{owner.Text("kind")}/{owner.Text("name")}";
                if (controller is not null)
                {
                    errors.Invalid(path, name, $"Only one reference can have Controller set to true. Found \"true\" in references for {controller} and {name}");
                }

                controller = name;
            }
        }
    }

    private static void ValidateFinalizers(ListValue finalizers, FieldPath path, FieldErrors errors)
    {
        var orphans = false;
        var foreground = false;
        foreach (var name in finalizers.Texts())
        {
            orphans |= name == "orphan";
            foreground |= name == "foregroundDeletion";
            if (NameChecks.Qualified(name) is { } wrong)
            {
                errors.Invalid(path, name, wrong);
            }
        }

        if (orphans && foreground)
        {
            errors.Invalid(path, $"[{string.Join(" ", finalizers.Texts())}]", "finalizer orphan and foregroundDeletion cannot be both set");
        }
    }
}
