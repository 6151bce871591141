using System.Globalization;
using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.PodTemplates;

/// <summary>The rules of probes and of what runs at a container's start and end.</summary>
internal static class ProbeValidation
{
    private static readonly string[] Kinds = ["exec", "httpGet", "tcpSocket", "grpc", "sleep"];
    private static readonly string[] Counts = ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"];

    /// <summary>All probes and hooks of a container.</summary>
    public static void Validate(MapValue container, PodScope scope, FieldPath path, FieldErrors errors)
    {
        if (container["lifecycle"] is MapValue lifecycle)
        {
            foreach (var hook in (ReadOnlySpan<string>)["postStart", "preStop"])
            {
                if (lifecycle[hook] is MapValue handler)
                {
                    ValidateHandler(handler, scope, path.Child("lifecycle", hook), errors);
                }
            }
        }

        ValidateProbe(container, "livenessProbe", scope, path, errors);
        ValidateProbe(container, "readinessProbe", scope, path, errors);
        ValidateProbe(container, "startupProbe", scope, path, errors);
    }

    private static void ValidateProbe(MapValue container, string name, PodScope scope, FieldPath path, FieldErrors errors)
    {
        if (container[name] is not MapValue probe)
        {
            return;
        }

        var place = path.Child(name);
        ValidateHandler(probe, scope, place, errors);
        foreach (var count in Counts)
        {
            errors.NotNegative(probe, place, count);
        }

        if (name == "readinessProbe")
        {
            if (probe.Has("terminationGracePeriodSeconds"))
            {
                errors.Invalid(place.Child("terminationGracePeriodSeconds"), probe["terminationGracePeriodSeconds"], "must not be set for readinessProbes");
            }
        }
        else if (probe.Int("successThreshold") is not 1 and var threshold)
        {
            errors.Invalid(place.Child("successThreshold"), threshold, "must be 1");
        }

        errors.Positive(probe, place, "terminationGracePeriodSeconds");
    }

    private static void ValidateHandler(MapValue handler, PodScope scope, FieldPath path, FieldErrors errors)
    {
        var found = false;
        foreach (var kind in Kinds)
        {
            if (handler[kind] is not MapValue action)
            {
                continue;
            }

            var place = path.Child(kind);
            if (found)
            {
                errors.Forbidden(place, "may not specify more than 1 handler type");
                continue;
            }

            found = true;
            ValidateAction(kind, action, scope, place, errors);
        }

        if (!found)
        {
            errors.Required(path, "must specify a handler type");
        }
    }

    private static void ValidateAction(string kind, MapValue action, PodScope scope, FieldPath path, FieldErrors errors)
    {
        switch (kind)
        {
            case "exec":
                errors.RequiredField(action, path, "command");
                break;
            case "httpGet":
                errors.RequiredField(action, path, "path");
                errors.PortOrName(path.Child("port"), action["port"]);
                errors.Word(path.Child("scheme"), action.Str("scheme"), "HTTP", "HTTPS");
                foreach (var (_, header) in action.Entries("httpHeaders"))
                {
                    errors.Form(path.Child("httpHeaders"), header.Str("name"), NameChecks.HeaderName);
                }

                break;
            case "sleep":
                if (scope.Grace is { } grace && (action.Int("seconds") < 0 || action.Int("seconds") > grace))
                {
                    errors.Invalid(path, action.Int("seconds"), string.Create(CultureInfo.InvariantCulture, $"must be non-negative and less than terminationGracePeriodSeconds ({grace})"));
                }

                break;
            default:
                errors.PortOrName(path.Child("port"), action["port"]);
                break;
        }
    }
}
