using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Naru.Kinds.Admission;
using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.ApiExtensions;

/// <summary>The rules of a definition beyond its schemas.</summary>
internal static class DefinitionValidation
{
    private static readonly string[] Formats = ["byte", "date", "date-time", "double", "float", "int32", "int64", "password"];

    /// <summary>A definition.</summary>
    public static void Validate(MapValue body, FieldErrors errors)
    {
        var spec = body.Under("spec");
        var group = spec.Str("group");
        var names = spec.Under("names");
        var path = FieldPath.Spec;
        if (body.Text("metadata", "name") is { } name && name != $"{names.Str("plural")}.{group}")
        {
            errors.Invalid(FieldPath.Metadata.Child("name"), name, "must be spec.names.plural+\".\"+spec.group");
        }

        errors.RequiredForm(path.Child("group"), group, NameChecks.Subdomain);
        if (group.Length > 0 && !group.Contains('.', StringComparison.Ordinal))
        {
            errors.Invalid(path.Child("group"), group, "should be a domain with at least one dot");
        }

        errors.RequiredWord(path.Child("scope"), spec.Str("scope"), "Cluster", "Namespaced");
        ValidateNames(names, path.Child("names"), errors);
        ValidateVersions(spec, path.Child("versions"), errors);
        ValidateConversion(spec.Under("conversion"), path.Child("conversion"), errors);
        if (spec.Flag("preserveUnknownFields"))
        {
            errors.Invalid(path.Child("preserveUnknownFields"), true, "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead");
        }

        if (group == "k8s.io" || group.EndsWith(".k8s.io", StringComparison.Ordinal) || group.EndsWith(".kubernetes.io", StringComparison.Ordinal) || group == "kubernetes.io")
        {
            ValidateProtected(body, errors);
        }
    }

    private static void ValidateProtected(MapValue body, FieldErrors errors)
    {
        const string Approval = "api-approved.kubernetes.io";
        var value = body.Map("metadata", "annotations")?.Str(Approval) ?? "";
        var path = FieldPath.Metadata.Child("annotations").Key(Approval);
        if (value.Length == 0)
        {
            errors.Required(path, "protected groups must have approval annotation \"api-approved.kubernetes.io\", see https://github.com/kubernetes/enhancements/pull/1111");
        }
        else if (!value.StartsWith("unapproved", StringComparison.Ordinal) && !Uri.TryCreate(value, UriKind.Absolute, out _))
        {
            errors.Invalid(path, value, "protected groups must have approval annotation \"api-approved.kubernetes.io\" with either a URL or a reason starting with \"unapproved\", see https://github.com/kubernetes/enhancements/pull/1111");
        }
    }

    private static void ValidateNames(MapValue names, FieldPath path, FieldErrors errors)
    {
        errors.RequiredForm(path.Child("plural"), names.Str("plural"), NameChecks.OldLabel);
        if (names.Str("singular") is { Length: > 0 } singular)
        {
            errors.Form(path.Child("singular"), singular, NameChecks.OldLabel);
        }

        foreach (var name in (ReadOnlySpan<string>)["kind", "listKind"])
        {
            var text = names.Str(name);
            if (text.Length == 0)
            {
                errors.Required(path.Child(name));
            }
            else if (NameChecks.OldLabel(text.ToLowerInvariant()) is { } wrong)
            {
                errors.Invalid(path.Child(name), text, "may have mixed case, but should otherwise match: " + wrong);
            }
        }

        if (names.Str("kind").Length > 0 && names.Str("kind") == names.Str("listKind"))
        {
            errors.Invalid(path.Child("listKind"), names.Str("listKind"), "kind and listKind may not be the same");
        }

        foreach (var list in (ReadOnlySpan<string>)["shortNames", "categories"])
        {
            var index = 0;
            foreach (var word in names.Words(list))
            {
                errors.Form(path.Child(list).Index(index++), word, NameChecks.OldLabel);
            }
        }
    }

    private static void ValidateVersions(MapValue spec, FieldPath path, FieldErrors errors)
    {
        var stored = 0;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, version) in spec.Entries("versions"))
        {
            var place = path.Index(index);
            stored += version.Flag("storage") ? 1 : 0;
            errors.RequiredForm(place.Child("name"), version.Str("name"), NameChecks.OldLabel);
            if (!names.Add(version.Str("name")))
            {
                errors.Invalid(path, spec["versions"], "must contain unique version names");
            }

            ValidateVersion(version, place, errors);
        }

        if (spec.CountOf("versions") == 0)
        {
            errors.Invalid(path, spec["versions"], "must have exactly one version marked as storage version");
        }
        else if (stored != 1)
        {
            errors.Invalid(path, spec["versions"], "must have exactly one version marked as storage version");
        }
    }

    private static void ValidateVersion(MapValue version, FieldPath path, FieldErrors errors)
    {
        if (version.Map("schema", "openAPIV3Schema") is null)
        {
            errors.Required(path.Child("schema", "openAPIV3Schema"), "schemas are required");
        }

        if (version.Has("deprecationWarning") && !version.Flag("deprecated"))
        {
            errors.Invalid(path.Child("deprecationWarning"), version["deprecationWarning"], "can only be set for deprecated versions");
        }

        foreach (var (index, column) in version.Entries("additionalPrinterColumns"))
        {
            var place = path.Child("additionalPrinterColumns").Index(index);
            errors.RequiredField(column, place, "name");
            errors.RequiredWord(place.Child("type"), column.Str("type"), "boolean", "date", "integer", "number", "string");
            if (column.Str("format") is { Length: > 0 } format && !Formats.Contains(format))
            {
                errors.Invalid(place.Child("format"), format, $"must be one of {string.Join(',', Formats)}");
            }

            if (column.Str("jsonPath").Length == 0)
            {
                errors.Required(place.Child("jsonPath"));
            }
            else if (!column.Str("jsonPath").StartsWith('.'))
            {
                errors.Invalid(place.Child("jsonPath"), column.Str("jsonPath"), "must be a simple json path starting with .");
            }
        }

        if (version.Map("subresources", "scale") is { } scale)
        {
            foreach (var (field, root) in ((string, string)[])[("specReplicasPath", ".spec."), ("statusReplicasPath", ".status.")])
            {
                var place = path.Child("subresources", "scale").Child(field);
                if (scale.Str(field).Length == 0)
                {
                    errors.Required(place);
                }
                else if (!scale.Str(field).StartsWith(root, StringComparison.Ordinal))
                {
                    errors.Invalid(place, scale.Str(field), $"should be a json path under {root[..^1]}");
                }
            }

            if (scale.Str("labelSelectorPath") is { Length: > 0 } selector && !selector.StartsWith(".spec.", StringComparison.Ordinal) && !selector.StartsWith(".status.", StringComparison.Ordinal))
            {
                errors.Invalid(path.Child("subresources", "scale").Child("labelSelectorPath"), selector, "should be a json path under either .spec or .status");
            }
        }
    }

    private static bool IsBundle(string text)
    {
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPem(Encoding.UTF8.GetString(Convert.FromBase64String(text)));
            return authorities.Count > 0;
        }
        catch (Exception exception) when (exception is FormatException or CryptographicException)
        {
            return false;
        }
    }

    private static void ValidateConversion(MapValue conversion, FieldPath path, FieldErrors errors)
    {
        errors.RequiredWord(path.Child("strategy"), conversion.Str("strategy"), "None", "Webhook");
        var webhook = conversion["webhook"] as MapValue;
        if (conversion.Str("strategy") != "Webhook")
        {
            if (webhook is not null)
            {
                errors.Forbidden(path.Child("webhook"), "should not be set when strategy is not set to Webhook");
            }

            return;
        }

        if (webhook?["clientConfig"] is MapValue client)
        {
            WebhookValidation.ValidateClient(client, path.Child("webhook", "clientConfig"), errors);
            if (client.Str("caBundle") is { Length: > 0 } bundle && !IsBundle(bundle))
            {
                errors.Invalid(path.Child("webhook", "clientConfig").Child("caBundle"), bundle, "unable to load root certificates: unable to parse bytes as PEM block");
            }
        }
        else
        {
            errors.Required(path.Child("webhook", "clientConfig"), "required when strategy is set to Webhook");
        }

        if (webhook is null || webhook.CountOf("conversionReviewVersions") == 0)
        {
            errors.Required(path.Child("webhook", "conversionReviewVersions"));
        }
        else if (!webhook.Words("conversionReviewVersions").Any(static one => one is "v1" or "v1beta1"))
        {
            errors.Invalid(path.Child("webhook", "conversionReviewVersions"), webhook["conversionReviewVersions"], "must include at least one of v1, v1beta1");
        }
    }
}
