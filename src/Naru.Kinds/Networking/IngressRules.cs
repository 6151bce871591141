using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Networking;

/// <summary>Ingresses.</summary>
internal sealed class IngressRules : KindRules
{
    private const string OldClass = "kubernetes.io/ingress.class";

    /// <inheritdoc/>
    public override bool HasGeneration => true;

    /// <inheritdoc/>
    public override void PrepareCreate(MapValue body)
    {
        base.PrepareCreate(body);
        body["status"] = new MapValue { ["loadBalancer"] = new MapValue() };
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Warnings(MapValue body, MapValue? old)
    {
        if (body.Map("metadata", "annotations")?.Has(OldClass) == true && old?.Map("metadata", "annotations")?.Has(OldClass) != true)
        {
            yield return $"annotation \"{OldClass}\" is deprecated, please use 'spec.ingressClassName' instead";
        }
    }

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var spec = body.Under("spec");
        if (spec.Has("ingressClassName"))
        {
            errors.Form(FieldPath.Spec.Child("ingressClassName"), spec.Str("ingressClassName"), NameChecks.Subdomain);
            if (body.Map("metadata", "annotations")?[OldClass] is { } annotation)
            {
                errors.Invalid(FieldPath.Metadata.Child("annotations").Child(OldClass), annotation, "can not be set when the class field is also set");
            }
        }

        if (spec.CountOf("rules") == 0 && !spec.Has("defaultBackend"))
        {
            errors.Invalid(FieldPath.Spec, spec["rules"], "either `defaultBackend` or `rules` must be specified");
        }

        if (spec["defaultBackend"] is MapValue backend)
        {
            ValidateBackend(backend, FieldPath.Spec.Child("defaultBackend"), errors);
        }

        foreach (var (index, rule) in spec.Entries("rules"))
        {
            ValidateRule(rule, FieldPath.Spec.Child("rules").Index(index), errors);
        }

        foreach (var (index, tls) in spec.Entries("tls"))
        {
            var at = 0;
            foreach (var host in tls.Words("hosts"))
            {
                errors.Form(FieldPath.Spec.Child("tls").Index(index).Child("hosts").Index(at++), host, Host(host));
            }
        }
    }

    private static Func<string, string?> Host(string host) => host.Contains('*', StringComparison.Ordinal) ? NameChecks.WildcardSubdomain : NameChecks.Subdomain;

    private static void ValidateRule(MapValue rule, FieldPath path, FieldErrors errors)
    {
        if (rule.Str("host") is { Length: > 0 } host)
        {
            if (FieldChecks.IsAddress(host))
            {
                errors.Invalid(path.Child("host"), host, "must be a DNS name, not an IP address");
            }
            else
            {
                errors.Form(path.Child("host"), host, Host(host));
            }
        }

        if (rule["http"] is not MapValue http)
        {
            return;
        }

        if (http.CountOf("paths") == 0)
        {
            errors.Required(path.Child("http", "paths"));
        }

        foreach (var (index, one) in http.Entries("paths"))
        {
            ValidatePath(one, path.Child("http", "paths").Index(index), errors);
        }
    }

    private static void ValidatePath(MapValue one, FieldPath path, FieldErrors errors)
    {
        var text = one.Str("path");
        switch (one.Str("pathType"))
        {
            case "":
                errors.Required(path.Child("pathType"), "pathType must be specified");
                break;
            case "Exact" or "Prefix":
                if (!text.StartsWith('/'))
                {
                    errors.Invalid(path.Child("path"), text, "must be an absolute path");
                }

                foreach (var bad in (ReadOnlySpan<string>)["//", "/./", "/../", "%2f", "%2F"])
                {
                    if (text.Contains(bad, StringComparison.Ordinal))
                    {
                        errors.Invalid(path.Child("path"), text, $"must not contain '{bad}'");
                    }
                }

                break;
            case "ImplementationSpecific":
                if (text.Length > 0 && !text.StartsWith('/'))
                {
                    errors.Invalid(path.Child("path"), text, "must be an absolute path");
                }

                break;
            default:
                errors.NotSupported(path.Child("pathType"), one.Str("pathType"), "Exact", "ImplementationSpecific", "Prefix");
                break;
        }

        ValidateBackend(one.Under("backend"), path.Child("backend"), errors);
    }

    private static void ValidateBackend(MapValue backend, FieldPath path, FieldErrors errors)
    {
        var service = backend["service"] as MapValue;
        if (service is not null && backend.Has("resource"))
        {
            errors.Invalid(path, "", "cannot set both resource and service backends");
        }
        else if (service is null)
        {
            if (!backend.Has("resource"))
            {
                errors.Required(path, "resource or service backend is required");
            }
        }
        else
        {
            errors.RequiredForm(path.Child("service", "name"), service.Str("name"), NameChecks.OldLabel);
            var port = service.Under("port");
            if (port.Str("name").Length > 0 && port.Int("number") != 0)
            {
                errors.Invalid(path, "", "cannot set both port name & port number");
            }
            else if (port.Str("name").Length > 0)
            {
                errors.Form(path.Child("service", "port").Child("name"), port.Str("name"), NameChecks.PortName);
            }
            else if (port.Int("number") != 0)
            {
                errors.Port(path.Child("service", "port").Child("number"), port.Int("number"));
            }
            else
            {
                errors.Required(path, "port name or number is required");
            }
        }
    }
}
