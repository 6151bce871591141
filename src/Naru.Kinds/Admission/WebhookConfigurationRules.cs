using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Admission;

/// <summary>Configurations of admission webhooks that change or judge.</summary>
internal sealed class WebhookConfigurationRules(bool mutating) : KindRules
{
    /// <inheritdoc/>
    public override bool HasGeneration => true;

    /// <inheritdoc/>
    public override void SetDefaults(MapValue body)
    {
        foreach (var (_, hook) in body.Entries("webhooks"))
        {
            hook.Default("failurePolicy", "Fail");
            hook.Default("matchPolicy", "Equivalent");
            hook.Default("timeoutSeconds", 10);
            hook.MakeMap("namespaceSelector");
            hook.MakeMap("objectSelector");
            if (mutating)
            {
                hook.Default("reinvocationPolicy", "Never");
            }

            if (hook.Map("clientConfig", "service") is { } service)
            {
                service.Default("port", 443);
            }

            foreach (var (_, rule) in hook.Entries("rules"))
            {
                rule.Default("scope", "*");
            }
        }
    }

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, hook) in body.Entries("webhooks"))
        {
            var place = FieldPath.Of("webhooks").Index(index);
            WebhookValidation.Validate(hook, place, errors);
            if (mutating)
            {
                errors.OptionalWord(hook, place, "reinvocationPolicy", "IfNeeded", "Never");
            }

            if (!names.Add(hook.Str("name")))
            {
                errors.Duplicate(place.Child("name"), hook.Str("name"));
            }
        }
    }

    /// <inheritdoc/>
    protected override bool WishChanged(MapValue body, MapValue old) => !SameValue.Of(body["webhooks"], old["webhooks"]);
}
