using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Certificates;

/// <summary>Requests for certificates. Who asks is written into the spec by the object core.</summary>
internal sealed class SigningRequestRules : KindRules
{
    private static readonly string[] Usages =
    [
        "any", "cert sign", "client auth", "code signing", "content commitment", "crl sign", "data encipherment", "decipher only", "digital signature", "email protection", "encipher only",
        "ipsec end system", "ipsec tunnel", "ipsec user", "key agreement", "key encipherment", "microsoft sgc", "netscape sgc", "ocsp signing", "s/mime", "server auth", "signing", "timestamping",
    ];

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> SelectableFields { get; } = ["spec.signerName"];

    /// <inheritdoc/>
    public override string? SelectField(MapValue body, string field) => field == "spec.signerName" ? body.Under("spec").Str("signerName") : null;

    /// <inheritdoc/>
    public override void PrepareUpdate(MapValue body, MapValue old)
    {
        base.PrepareUpdate(body, old);
        body["spec"] = old["spec"]?.Clone();
    }

    /// <inheritdoc/>
    public override void PrepareSubresource(string subresource, MapValue body, MapValue old)
    {
        var wished = body["status"] as MapValue ?? [];
        KeepAllBut(body, old, "metadata");
        var status = body.MakeMap("status");
        if (subresource == "approval")
        {
            status["conditions"] = wished["conditions"];
        }
        else
        {
            // Only the approval says whether a request is approved or denied.
            var decided = status.Maps("conditions").Where(IsDecision).ToList();
            var others = wished.Maps("conditions").Where(static one => !IsDecision(one));
            body["status"] = wished;
            wished["conditions"] = decided.Count == 0 && !wished.Has("conditions") ? null : new ListValue([.. decided, .. others]);
        }

        foreach (var (_, condition) in body.MakeMap("status").Entries("conditions"))
        {
            condition.DefaultText("status", "True");
        }
    }

    /// <inheritdoc/>
    public override void ValidateSubresource(string subresource, MapValue body, MapValue old, FieldErrors errors)
    {
        base.ValidateSubresource(subresource, body, old, errors);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, condition) in body.Under("status").Entries("conditions"))
        {
            var place = FieldPath.Status.Child("conditions").Index(index);
            var type = condition.Str("type");
            errors.RequiredField(condition, place, "type");
            errors.RequiredWord(place.Child("status"), condition.Str("status"), "True", "False", "Unknown");
            if (IsDecision(condition) && condition.Str("status") is not "True" and var status)
            {
                errors.NotSupported(place.Child("status"), status, "True");
            }

            if (!seen.Add(type))
            {
                errors.Duplicate(place.Child("type"), type);
            }
        }

        if (seen.Contains("Approved") && seen.Contains("Denied"))
        {
            errors.Invalid(FieldPath.Status.Child("conditions"), "Denied", "Approved and Denied conditions are mutually exclusive");
        }

        foreach (var condition in old.Maps("status", "conditions").Where(IsDecision))
        {
            if (!seen.Contains(condition.Str("type")))
            {
                errors.Forbidden(FieldPath.Status.Child("conditions"), $"updates may not remove a condition of type \"{condition.Str("type")}\"");
            }
        }
    }

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var spec = body.Under("spec");
        ValidateSigner(spec.Str("signerName"), FieldPath.Spec.Child("signerName"), errors);
        ValidateRequest(spec.Str("request"), FieldPath.Spec.Child("request"), errors);
        if (spec.CountOf("usages") == 0)
        {
            errors.Required(FieldPath.Spec.Child("usages"), "usages are required");
        }

        var index = 0;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var usage in spec.Words("usages"))
        {
            errors.Word(FieldPath.Spec.Child("usages").Index(index), usage, Usages);
            if (!seen.Add(usage))
            {
                errors.Duplicate(FieldPath.Spec.Child("usages").Index(index), usage);
            }

            index++;
        }

        if (spec["expirationSeconds"] is IntegerValue { Number: < 600 } expiry)
        {
            errors.Invalid(FieldPath.Spec.Child("expirationSeconds"), expiry, "may not specify a duration less than 600 seconds (10 minutes)");
        }
    }

    /// <inheritdoc/>
    protected override void ValidateChange(MapValue body, MapValue old, FieldErrors errors)
    {
    }

    private static bool IsDecision(MapValue condition) => condition.Str("type") is "Approved" or "Denied";

    private static void ValidateRequest(string text, FieldPath path, FieldErrors errors)
    {
        var bytes = new byte[(text.Length / 4 * 3) + 3];
        if (!Convert.TryFromBase64String(text, bytes, out var count) || !System.Text.Encoding.ASCII.GetString(bytes, 0, count).Contains("BEGIN CERTIFICATE REQUEST", StringComparison.Ordinal))
        {
            errors.Invalid(path, text, "unable to parse: PEM block type must be CERTIFICATE REQUEST");
        }
    }

    private static void ValidateSigner(string name, FieldPath path, FieldErrors errors)
    {
        if (name.Length == 0)
        {
            errors.Required(path);
            return;
        }

        var parts = name.Split('/');
        if (parts.Length != 2)
        {
            errors.Invalid(path, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'");
            return;
        }

        errors.Form(path, parts[0], NameChecks.Subdomain);
        if (!parts[0].Contains('.', StringComparison.Ordinal))
        {
            errors.Invalid(path, name, "should be a domain with at least two segments separated by dots");
        }

        if (parts[1].Length == 0)
        {
            errors.Invalid(path, name, "validating path segment: must not be empty");
        }
        else
        {
            errors.Form(path, parts[1], NameChecks.Subdomain);
        }
    }
}
