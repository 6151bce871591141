using Naru.Dialects.Kubernetes.Wire;
using Naru.Objects.Descriptions;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.OpenApi;

/// <summary>Schemas of the built-in kinds, made of the table of their messages and the rules of their fields.</summary>
internal sealed class BuiltInDefinitions(IResourceCatalogue catalogue) : IOpenApiDefinitions
{
    private (long Generation, Dictionary<string, HashSet<GroupVersionKind>> Messages)? _kinds;

    public string? NameOf(GroupVersionKind kind) => WireMessages.NameOf(kind) is { } message ? NameOf(message) : null;

    public MapValue? Find(string name, OpenApiForm form)
    {
        if (SpecialDefinitions.Find(name, form) is { } special)
        {
            return special;
        }

        var message = MessageOf(name);
        return WireMessages.Find(message) is { } found ? Write(name, message, found, form) : null;
    }

    private static string NameOf(string message) =>
        "io.k8s." + message["k8s.io.".Length..].Replace("apiextensions_apiserver", "apiextensions-apiserver", StringComparison.Ordinal).Replace("kube_aggregator", "kube-aggregator", StringComparison.Ordinal);

    private static string MessageOf(string name) => name.StartsWith("io.k8s.", StringComparison.Ordinal)
        ? "k8s.io." + name["io.k8s.".Length..].Replace("apiextensions-apiserver", "apiextensions_apiserver", StringComparison.Ordinal).Replace("kube-aggregator", "kube_aggregator", StringComparison.Ordinal)
        : "";

    private MapValue Write(string name, string messageName, WireMessage message, OpenApiForm form)
    {
        var schema = new MapValue { ["description"] = ModelDescriptions.Describe(name) ?? message.Name };
        var properties = new MapValue();
        var rules = FieldRule.Of(name);
        var required = new ListValue(rules.Where(static one => one.IsRequired).Select(static one => (Value)one.Field));
        if (required.Count > 0)
        {
            schema["required"] = required;
        }

        var kinds = KindsOf(messageName, message);
        if (kinds.Count > 0)
        {
            properties["apiVersion"] = Text("APIVersion defines the versioned schema of this representation of an object.");
            properties["kind"] = Text("Kind is a string value representing the REST resource this object represents.");
        }

        AddFields(properties, name, message, rules, form);
        var ordered = new MapValue(properties.Count);
        foreach (var (field, value) in properties.OrderBy(static one => one.Key, StringComparer.Ordinal))
        {
            ordered[field] = value;
        }

        schema["type"] = "object";
        if (ordered.Count > 0)
        {
            schema["properties"] = ordered;
        }

        if (kinds.Count > 0)
        {
            schema["x-kubernetes-group-version-kind"] = kinds;
        }

        return schema;
    }

    private static void AddFields(MapValue properties, string name, WireMessage message, FieldRule[] rules, OpenApiForm form)
    {
        foreach (var field in message.Fields)
        {
            if (field.Name.Length == 0)
            {
                // Its fields are the message's own.
                AddFields(properties, NameOf(field.Type), WireMessages.Find(field.Type)!, FieldRule.Of(NameOf(field.Type)), form);
            }
            else if (field.Name != "-")
            {
                properties[field.Name] = FieldOf(name, field, Array.Find(rules, one => one.Field == field.Name), form);
            }
        }
    }

    private static MapValue FieldOf(string name, WireField field, FieldRule? rule, OpenApiForm form)
    {
        var description = ModelDescriptions.Describe(name, field.Name) ?? "";
        MapValue schema;
        if (field.IsMap || field.IsList)
        {
            schema = new MapValue { ["description"] = description, ["type"] = field.IsMap ? "object" : "array" };
            schema[field.IsMap ? "additionalProperties" : "items"] = TypeOf(field, form);
        }
        else if (field.Kind == WireKind.Message)
        {
            schema = OpenApiRefs.To(NameOf(field.Type), form, description);
        }
        else
        {
            schema = TypeOf(field, form);
            schema["description"] = description;
        }

        if (description.Length == 0)
        {
            schema.Remove("description");
        }

        AddRules(schema, rule);
        return schema;
    }

    private static void AddRules(MapValue schema, FieldRule? rule)
    {
        if (rule is null)
        {
            return;
        }

        AddText(schema, "x-kubernetes-list-type", rule.ListType);
        AddText(schema, "x-kubernetes-map-type", rule.MapType);
        AddText(schema, "x-kubernetes-patch-merge-key", rule.PatchKey);
        AddText(schema, "x-kubernetes-patch-strategy", rule.PatchStrategy);
        if (rule.ListKeys.Length > 0)
        {
            schema["x-kubernetes-list-map-keys"] = new ListValue(rule.ListKeys.Select(static one => (Value)one));
        }
    }

    private static void AddText(MapValue schema, string name, string text)
    {
        if (text.Length > 0)
        {
            schema[name] = text;
        }
    }

    private static MapValue TypeOf(WireField field, OpenApiForm form) => field.Kind switch
    {
        WireKind.Text => new MapValue { ["type"] = "string" },
        WireKind.Truth => new MapValue { ["type"] = "boolean" },
        WireKind.Number => new MapValue { ["type"] = "integer", ["format"] = field.Format },
        WireKind.Real => new MapValue { ["type"] = "number", ["format"] = "double" },
        WireKind.Bytes => new MapValue { ["type"] = "string", ["format"] = "byte" },
        _ => OpenApiRefs.To(NameOf(field.Type), form),
    };

    // Objects and lists say which kinds they are; options are of every group, which clients do not ask for.
    private ListValue KindsOf(string messageName, WireMessage message)
    {
        var kinds = Kinds().GetValueOrDefault(messageName) ?? [];
        if (kinds.Count == 0 && messageName.StartsWith(WireMessages.Meta, StringComparison.Ordinal) && message.Name is "Status" or "DeleteOptions" or "WatchEvent")
        {
            kinds.Add(new GroupVersionKind("", "v1", message.Name));
        }

        return new ListValue(kinds.Select(OpenApiRefs.KindOf));
    }

    // Which kinds are written as which message, once for each state of the catalogue.
    private Dictionary<string, HashSet<GroupVersionKind>> Kinds()
    {
        var kept = _kinds;
        if (kept?.Generation == catalogue.Generation)
        {
            return kept.Value.Messages;
        }

        var generation = catalogue.Generation;
        var messages = new Dictionary<string, HashSet<GroupVersionKind>>(StringComparer.Ordinal);
        foreach (var resource in catalogue.All.Where(static one => !one.IsCustom))
        {
            foreach (var kind in resource.Subresources.Select(static one => one.Kind).Append(resource.GroupVersionKind).Append(resource.GroupVersionKind with { Kind = resource.ListKind }))
            {
                if (WireMessages.NameOf(kind) is { } name)
                {
                    (messages.TryGetValue(name, out var there) ? there : messages[name] = []).Add(kind);
                }
            }
        }

        _kinds = (generation, messages);
        return messages;
    }

    private static MapValue Text(string description) => new() { ["description"] = description, ["type"] = "string" };
}
