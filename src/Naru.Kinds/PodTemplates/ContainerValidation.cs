using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.PodTemplates;

/// <summary>The rules that containers of all sorts share.</summary>
internal static class ContainerValidation
{
    private static readonly string[] PullPolicies = ["Always", "IfNotPresent", "Never"];
    private static readonly string[] MessagePolicies = ["File", "FallbackToLogsOnError"];
    private static readonly string[] Protocols = ["SCTP", "TCP", "UDP"];

    /// <summary>A container.</summary>
    public static void Validate(MapValue container, PodScope scope, FieldPath path, FieldErrors errors)
    {
        errors.RequiredForm(path.Child("name"), container.Str("name"), NameChecks.Label);
        var image = container.Str("image");
        if (image.Length == 0)
        {
            errors.Required(path.Child("image"));
        }
        else if (scope.IsPod && (char.IsWhiteSpace(image[0]) || char.IsWhiteSpace(image[^1])))
        {
            errors.Invalid(path.Child("image"), image, "must not have leading or trailing whitespace");
        }

        errors.RequiredWord(path.Child("terminationMessagePolicy"), container.Str("terminationMessagePolicy"), MessagePolicies);
        errors.RequiredWord(path.Child("imagePullPolicy"), container.Str("imagePullPolicy"), PullPolicies);
        if (container.Has("ports"))
        {
            ValidatePorts(container, path.Child("ports"), errors);
        }

        EnvironmentValidation.Validate(container, scope, path, errors);
        MountValidation.Validate(container, scope, path, errors);
        if (container["resources"] is MapValue { Count: > 0 } resources)
        {
            ResourceValidation.ValidateContainer(resources, scope, path.Child("resources"), errors);
        }

        foreach (var (_, policy) in container.Entries("resizePolicy"))
        {
            errors.RequiredWord(path.Child("resizePolicy"), policy.Str("resourceName"), "cpu", "memory");
            errors.RequiredWord(path.Child("resizePolicy"), policy.Str("restartPolicy"), "NotRequired", "RestartContainer");
            if (scope.Spec.Str("restartPolicy") == "Never" && policy.Str("restartPolicy") != "NotRequired")
            {
                errors.Invalid(path.Child("resizePolicy"), policy.Str("restartPolicy"), "must be 'NotRequired' when `restartPolicy` is 'Never'");
            }
        }

        if (container["securityContext"] is MapValue security)
        {
            SecurityValidation.ValidateContainer(security, scope, path.Child("securityContext"), errors);
        }
    }

    private static void ValidatePorts(MapValue container, FieldPath path, FieldErrors errors)
    {
        HashSet<string>? names = null;
        foreach (var (index, port) in container.Entries("ports"))
        {
            var place = path.Index(index);
            if (port.Str("name") is { Length: > 0 } name)
            {
                if (NameChecks.PortName(name) is { } wrong)
                {
                    errors.Invalid(place.Child("name"), name, wrong);
                }
                else if (!(names ??= new(StringComparer.Ordinal)).Add(name))
                {
                    errors.Duplicate(place.Child("name"), name);
                }
            }

            if (port.Int("containerPort") == 0)
            {
                errors.Required(place.Child("containerPort"));
            }
            else
            {
                errors.Port(place.Child("containerPort"), port.Int("containerPort"));
            }

            if (port.Int("hostPort") is not 0 and var host)
            {
                errors.Port(place.Child("hostPort"), host);
            }

            if (port.Str("protocol") is { } protocol && !Protocols.Contains(protocol))
            {
                errors.RequiredWord(place.Child("protocol"), protocol, Protocols);
            }
        }
    }
}
