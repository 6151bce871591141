using System.Collections.Concurrent;
using Naru.Objects.Resources;

namespace Naru.Objects.Schemas;

/// <summary>The types of Kubernetes v1.36, read from the tables when somebody first asks for one. Any thread.</summary>
public static class BuiltInSchemas
{
    private const string Meta = "k8s.io.apimachinery.pkg.apis.meta.v1";

    private static readonly Lazy<Dictionary<string, List<string[]>>> Messages = new(ReadMessages);
    private static readonly Lazy<Dictionary<string, string[]>> Traits = new(ReadTraits);
    private static readonly ConcurrentDictionary<string, BuiltInSchema> Made = new(StringComparer.Ordinal);

    /// <summary>The type of a kind, with apiVersion and kind; null if there is none. Kinds of the API itself (DeleteOptions, Status) are found in every group.</summary>
    public static ISchema? Find(GroupVersionKind kind) => DefinitionOf(kind) is { } name ? OfKind(name) : null;

    /// <summary>The type of a message, as <c>k8s.io.api.core.v1.PodSpec</c>; null if there is none.</summary>
    public static ISchema? FindDefinition(string name) => Messages.Value.ContainsKey(name) ? OfMessage(name) : null;

    /// <summary>Full name of a kind's message; null if it has none.</summary>
    public static string? DefinitionOf(GroupVersionKind kind)
    {
        var own = $"{PackageOf(kind.Group, kind.Version)}.{kind.Kind}";
        return Messages.Value.ContainsKey(own) ? own : Messages.Value.ContainsKey($"{Meta}.{kind.Kind}") ? $"{Meta}.{kind.Kind}" : null;
    }

    /// <summary>The name that OpenAPI documents give to a message: <c>io.k8s.api.core.v1.PodSpec</c>.</summary>
    public static string OpenApiName(string definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var rest = definition["k8s.io.".Length..];
        return "io.k8s." + rest.Replace("apiextensions_apiserver", "apiextensions-apiserver", StringComparison.Ordinal).Replace("kube_aggregator", "kube-aggregator", StringComparison.Ordinal);
    }

    // Back from OpenApiName.
    private static string MessageName(string definition) =>
        "k8s.io." + definition["io.k8s.".Length..].Replace("apiextensions-apiserver", "apiextensions_apiserver", StringComparison.Ordinal).Replace("kube-aggregator", "kube_aggregator", StringComparison.Ordinal);

    private static string PackageOf(string group, string version) => group switch
    {
        "" => $"k8s.io.api.core.{version}",
        "meta.k8s.io" => $"k8s.io.apimachinery.pkg.apis.meta.{version}",
        "apiextensions.k8s.io" => $"k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.{version}",
        "apiregistration.k8s.io" => $"k8s.io.kube_aggregator.pkg.apis.apiregistration.{version}",
        _ when !group.Contains('.', StringComparison.Ordinal) || group.EndsWith(".k8s.io", StringComparison.Ordinal) => $"k8s.io.api.{group.Split('.')[0]}.{version}",
        _ => "",
    };

    private static BuiltInSchema OfKind(string name) => Made.GetOrAdd($"{name}!", static (_, definition) => MakeRoot(definition), name);

    private static BuiltInSchema MakeRoot(string name) => new(SchemaKind.Map, name, () =>
    {
        var fields = ReadFields(name);
        fields.Add("apiVersion", OfPlain("string")!);
        fields.Add("kind", OfPlain("string")!);
        return fields;
    })
    {
        Required = RequiredOf(name),
    };

    private static BuiltInSchema OfMessage(string name) => Made.GetOrAdd(name, static definition => OfSpecial(definition) ?? new BuiltInSchema(SchemaKind.Map, definition, () => ReadFields(definition)) { Required = RequiredOf(definition) });

    private static string[] RequiredOf(string name) =>
        [.. Messages.Value[name].Select(static parts => parts[3]).Where(field => Traits.Value.GetValueOrDefault($"{name}\t{field}") is { Length: > 2 } traits && traits[2] == "required")];

    private static BuiltInFields ReadFields(string name)
    {
        var fields = new BuiltInFields();
        foreach (var parts in Messages.Value[name])
        {
            if (parts[3] == "(inline)")
            {
                var inner = OfMessage(FullName(parts[0], parts[4]));
                foreach (var field in inner.FieldNames)
                {
                    fields.Add(field, inner.Field(field)!);
                }
            }
            else
            {
                fields.Add(parts[3], OfField(parts, Traits.Value.GetValueOrDefault($"{name}\t{parts[3]}") ?? []));
            }
        }

        return fields;
    }

    private static BuiltInSchema OfField(string[] parts, string[] traits)
    {
        string Trait(int index) => index < traits.Length ? traits[index] : "";
        var type = parts[4];
        var strategy = StrategyOf(Trait(3));
        if (type.EndsWith("[]", StringComparison.Ordinal))
        {
            var element = OfOne(parts[0], type[..^2]);
            return new BuiltInSchema(SchemaKind.List, element.Definition)
            {
                Element = element,
                ListType = Trait(5) switch { "map" => ListSemantics.Map, "set" => ListSemantics.Set, _ => ListSemantics.Atomic },
                ListKeys = Trait(6).Length == 0 ? [] : [.. Trait(6).Split(',')],
                PatchStrategy = strategy,
                PatchMergeKey = Trait(4).Length == 0 ? null : Trait(4),
            };
        }

        var atomic = Trait(7) == "atomic";
        if (type.StartsWith("map<string,", StringComparison.Ordinal))
        {
            return new BuiltInSchema(SchemaKind.Map) { Element = OfOne(parts[0], type["map<string,".Length..^1]), IsAtomic = atomic };
        }

        var one = OfOne(parts[0], type);
        if (one.Kind == SchemaKind.Map && one.Element is null && (atomic || strategy != PatchStrategies.None))
        {
            return new BuiltInSchema(SchemaKind.Map, one.Definition, () => ReadFields(one.Definition)) { Required = one.Required, IsAtomic = atomic, PatchStrategy = strategy };
        }

        // The one key of a list that may be left out: a port is of TCP unless it says otherwise.
        return parts[3] == "protocol" && type == "string" ? DefaultProtocol : one;
    }

    private static PatchStrategies StrategyOf(string text) =>
        (text.Contains("merge", StringComparison.Ordinal) ? PatchStrategies.Merge : 0) | (text.Contains("retainKeys", StringComparison.Ordinal) ? PatchStrategies.RetainKeys : 0);

    private static BuiltInSchema OfOne(string package, string type) => OfPlain(type) ?? OfMessageOrKind(FullName(package, type));

    // What is a kind also where it stands inside another, as a stateful set's claims, may say its apiVersion and kind there: the table does not tell, but kinds have lists.
    private static BuiltInSchema OfMessageOrKind(string name) => Messages.Value.ContainsKey($"{name}List") ? OfKind(name) : OfMessage(name);

    private static string FullName(string package, string type) => type[0] == '.' ? type[1..] : $"{package}.{type}";

    private static BuiltInSchema? OfPlain(string type) => type switch
    {
        "string" => Plain(SchemaKind.Text),
        "bool" => Plain(SchemaKind.Boolean),
        "int32" => Plain(SchemaKind.Integer32),
        "int64" => Plain(SchemaKind.Integer),
        "double" => Plain(SchemaKind.Number),
        "bytes" => Plain(SchemaKind.Bytes),
        _ => null,
    };

    private static BuiltInSchema? OfSpecial(string name) => name[(name.LastIndexOf('.') + 1)..] switch
    {
        "Time" or "Timestamp" => Plain(SchemaKind.Time),
        "MicroTime" => Plain(SchemaKind.MicroTime),
        "Quantity" => Plain(SchemaKind.Quantity),
        "IntOrString" => Plain(SchemaKind.IntOrString),
        "Duration" => Plain(SchemaKind.Duration),
        "RawExtension" or "FieldsV1" or "JSON" or "JSONSchemaPropsOrBool" or "JSONSchemaPropsOrArray" or "JSONSchemaPropsOrStringArray" => Plain(SchemaKind.Any),
        "ExtraValue" or "Verbs" => TextList,
        _ => Messages.Value.ContainsKey(name) ? null : Plain(SchemaKind.Any),
    };

    private static BuiltInSchema DefaultProtocol => Made.GetOrAdd("!protocol", static _ => new BuiltInSchema(SchemaKind.Text) { Default = "TCP" });

    private static BuiltInSchema TextList => Made.GetOrAdd("!texts", static _ => new BuiltInSchema(SchemaKind.List) { Element = Plain(SchemaKind.Text) });

    private static BuiltInSchema Plain(SchemaKind kind) => Made.GetOrAdd($"!{kind}", static (_, one) => new BuiltInSchema(one), kind);

    private static Dictionary<string, List<string[]>> ReadMessages()
    {
        using var reader = SchemaTables.OpenMessages();
        var messages = new Dictionary<string, List<string[]>>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            var parts = line.Split('\t');
            var name = $"{parts[0]}.{parts[1]}";
            if (!messages.TryGetValue(name, out var fields))
            {
                messages[name] = fields = [];
            }

            fields.Add(parts);
        }

        return messages;
    }

    private static Dictionary<string, string[]> ReadTraits()
    {
        using var reader = SchemaTables.OpenRules();
        var traits = new Dictionary<string, string[]>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            var parts = line.Split('\t');
            traits[$"{MessageName(parts[0])}\t{parts[1]}"] = parts;
        }

        return traits;
    }
}
