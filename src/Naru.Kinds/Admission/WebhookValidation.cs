using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Admission;

/// <summary>The rules of one webhook, and of how webhooks of any sort are reached.</summary>
internal static class WebhookValidation
{
    private static readonly string[] Operations = ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"];

    /// <summary>A webhook.</summary>
    public static void Validate(MapValue hook, FieldPath path, FieldErrors errors)
    {
        var name = hook.Str("name");
        errors.RequiredForm(path.Child("name"), name, NameChecks.Subdomain);
        if (name.Length > 0 && name.Count(static letter => letter == '.') < 2)
        {
            errors.Invalid(path.Child("name"), name, "should be a domain with at least three segments separated by dots");
        }

        if (hook.CountOf("admissionReviewVersions") == 0)
        {
            errors.Required(path.Child("admissionReviewVersions"), "must specify one of v1, v1beta1");
        }
        else if (!hook.Words("admissionReviewVersions").Any(static one => one is "v1" or "v1beta1"))
        {
            errors.Invalid(path.Child("admissionReviewVersions"), hook["admissionReviewVersions"], "must include at least one of v1, v1beta1");
        }

        foreach (var (index, rule) in hook.Entries("rules"))
        {
            ValidateRule(rule, path.Child("rules").Index(index), errors);
        }

        errors.OptionalWord(hook, path, "failurePolicy", "Fail", "Ignore");
        errors.OptionalWord(hook, path, "matchPolicy", "Equivalent", "Exact");
        errors.RequiredWord(path.Child("sideEffects"), hook.Str("sideEffects"), "None", "NoneOnDryRun");
        if (hook.Integer("timeoutSeconds") is < 1 or > 30)
        {
            errors.Invalid(path.Child("timeoutSeconds"), hook["timeoutSeconds"], "the timeout value must be between 1 and 30 seconds");
        }

        LabelRules.ValidateSelector(hook["namespaceSelector"] as MapValue, path.Child("namespaceSelector"), errors);
        LabelRules.ValidateSelector(hook["objectSelector"] as MapValue, path.Child("objectSelector"), errors);
        ValidateConditions(hook, path.Child("matchConditions"), errors);
        ValidateClient(hook.Under("clientConfig"), path.Child("clientConfig"), errors);
    }

    /// <summary>How a webhook is reached: an address or a service.</summary>
    public static void ValidateClient(MapValue client, FieldPath path, FieldErrors errors)
    {
        var service = client["service"] as MapValue;
        var address = client["url"] as TextValue;
        if (service is null == address is null)
        {
            errors.Required(path, "exactly one of url or service is required");
            return;
        }

        if (address is not null)
        {
            if (!Uri.TryCreate(address.Text, UriKind.Absolute, out var uri) || uri.Scheme != "https")
            {
                errors.Invalid(path.Child("url"), address, "'https' is the only allowed URL scheme; desired format: https://host[/path]");
            }
            else if (uri.Fragment.Length > 0 || uri.Query.Length > 0 || uri.UserInfo.Length > 0)
            {
                errors.Invalid(path.Child("url"), address, "fragments, queries and user information are not permitted in the URL; desired format: https://host[/path]");
            }

            return;
        }

        errors.RequiredField(service!, path.Child("service"), "name", "service name is required");
        errors.RequiredField(service!, path.Child("service"), "namespace", "service namespace is required");
        if (service!["port"] is IntegerValue port && port.Number is < 1 or > 65535)
        {
            errors.Invalid(path.Child("service", "port"), port, "port is not valid: must be between 1 and 65535, inclusive");
        }

        if (service["path"] is TextValue place && !place.Text.StartsWith('/'))
        {
            errors.Invalid(path.Child("service", "path"), place, "must start with a '/'");
        }
    }

    /// <summary>Which requests a rule is about.</summary>
    public static void ValidateRule(MapValue rule, FieldPath path, FieldErrors errors)
    {
        ValidateStar(rule, "operations", path, errors);
        var index = 0;
        foreach (var operation in rule.Words("operations"))
        {
            errors.Word(path.Child("operations").Index(index++), operation, Operations);
        }

        ValidateStar(rule, "apiGroups", path, errors);
        ValidateStar(rule, "apiVersions", path, errors);
        if (rule.CountOf("resources") == 0)
        {
            errors.Required(path.Child("resources"));
        }
        else if (rule.CountOf("resources") > 1 && rule.Words("resources").Contains("*/*"))
        {
            errors.Invalid(path.Child("resources"), rule["resources"], "if '*/*' is present, must not specify other resources");
        }

        errors.OptionalWord(rule, path, "scope", "*", "Cluster", "Namespaced");
    }

    /// <summary>Conditions in CEL: each named once, none empty. Their text is compiled elsewhere.</summary>
    public static void ValidateConditions(MapValue holder, FieldPath path, FieldErrors errors)
    {
        if (holder.CountOf("matchConditions") > 64)
        {
            errors.TooMany(path, holder.CountOf("matchConditions"), 64);
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, condition) in holder.Entries("matchConditions"))
        {
            var place = path.Index(index);
            if (condition.Str("expression").Trim().Length == 0)
            {
                errors.Required(place.Child("expression"));
            }

            errors.RequiredForm(place.Child("name"), condition.Str("name"), NameChecks.Qualified);
            if (!names.Add(condition.Str("name")))
            {
                errors.Duplicate(place.Child("name"), condition.Str("name"));
            }
        }
    }

    private static void ValidateStar(MapValue rule, string name, FieldPath path, FieldErrors errors)
    {
        if (rule.CountOf(name) == 0)
        {
            errors.Required(path.Child(name));
        }
        else if (rule.CountOf(name) > 1 && rule.Words(name).Contains("*"))
        {
            errors.Invalid(path.Child(name), rule[name], $"if '*' is present, must not specify other {(name == "operations" ? "operations" : name == "apiGroups" ? "API groups" : "API versions")}");
        }
    }
}
