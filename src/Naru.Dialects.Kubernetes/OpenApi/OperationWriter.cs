using System.Globalization;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.OpenApi;

/// <summary>Writes the operations of one group version: paths, parameters, bodies and answers, as clients are generated from them.</summary>
/// <param name="nameOf">The definition of a kind.</param>
/// <param name="shared">Takes what operations have in common, in OpenAPI 3; null has every operation say all itself, as in Swagger 2.</param>
internal sealed class OperationWriter(Func<GroupVersionKind, string?> nameOf, SharedComponents? shared)
{
    private const string Strategic = "application/strategic-merge-patch+json";
    private static readonly string[] Answers = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];
    private static readonly string[] Patches = ["application/json-patch+json", "application/merge-patch+json", Strategic, "application/apply-patch+yaml"];
    private readonly OpenApiForm _form = shared is null ? OpenApiForm.V2 : OpenApiForm.V3;

    /// <summary>Adds the paths of a resource.</summary>
    public void Write(ResourceInfo resource, MapValue paths)
    {
        var gv = resource.Resource;
        var root = gv.Group.Length == 0 ? $"/api/{gv.Version}" : $"/apis/{gv.Group}/{gv.Version}";
        var collection = resource.Namespaced ? $"{root}/namespaces/{{namespace}}/{gv.Resource}" : $"{root}/{gv.Resource}";
        Add(paths, collection, resource, "", resource.GroupVersionKind, resource.Verbs, ["list", "create", "deletecollection"]);
        if (resource.Namespaced && resource.Verbs.Contains("list"))
        {
            Add(paths, $"{root}/{gv.Resource}", resource, "", resource.GroupVersionKind, ["list"], ["list"], isAll: true);
        }

        Add(paths, $"{collection}/{{name}}", resource, "", resource.GroupVersionKind, resource.Verbs, ["get", "update", "patch", "delete"]);
        foreach (var part in resource.Subresources)
        {
            Add(paths, $"{collection}/{{name}}/{part.Name}", resource, part.Name, part.Kind, part.Verbs, ["get", "update", "patch", "delete", "create"]);
        }
    }

    private void Add(MapValue paths, string path, ResourceInfo resource, string subresource, GroupVersionKind kind, IReadOnlyList<string> has, string[] verbs, bool isAll = false)
    {
        var item = new MapValue();
        foreach (var verb in verbs.Where(has.Contains))
        {
            item[MethodOf(verb)] = Operation(resource, subresource, kind, verb, isAll);
        }

        if (item.Count == 0)
        {
            return;
        }

        var parameters = new ListValue();
        if (path.Contains("{name}", StringComparison.Ordinal))
        {
            parameters.Add(Parameter("name"));
        }

        if (path.Contains("{namespace}", StringComparison.Ordinal))
        {
            parameters.Add(Parameter("namespace"));
        }

        parameters.Add(Parameter("pretty"));
        item["parameters"] = parameters;
        paths[path] = item;
    }

    private MapValue Operation(ResourceInfo resource, string subresource, GroupVersionKind kind, string verb, bool isAll)
    {
        var name = nameOf(kind);
        var answer = verb switch
        {
            "list" => nameOf(kind with { Kind = resource.ListKind }) ?? name,
            "delete" or "deletecollection" => OpenApiRefs.Status,
            _ => name,
        };
        var words = IdOf(resource, subresource, verb, isAll);

        // kubectl looks for this one at the patch of a kind to see whether the server checks fields, and follows no reference.
        var parameters = new ListValue(OperationParametersTable.Of(verb).Select(one => verb == "patch" && one == "fieldValidation" ? OperationParametersTable.Make(one, _form) : Parameter(one)));
        var operation = new MapValue
        {
            ["description"] = $"{verb} {(verb == "list" ? "objects of kind" : "the specified")} {resource.Kind}{(subresource.Length > 0 ? $" ({subresource})" : "")}",
            ["tags"] = new ListValue([TagOf(resource.Resource)]),
            ["operationId"] = words,
        };
        AddBody(operation, parameters, resource, verb, name);
        operation["parameters"] = parameters;
        operation["responses"] = Responses(verb, answer);
        if (shared is null)
        {
            operation["schemes"] = new ListValue(["https"]);
        }

        operation["x-kubernetes-action"] = verb switch { "create" => "post", "update" => "put", _ => verb };
        operation["x-kubernetes-group-version-kind"] = OpenApiRefs.KindOf(kind);
        return operation;
    }

    private void AddBody(MapValue operation, ListValue parameters, ResourceInfo resource, string verb, string? name)
    {
        var body = verb switch
        {
            "create" or "update" => name,
            "patch" => OpenApiRefs.Patch,
            "delete" or "deletecollection" => OpenApiRefs.DeleteOptions,
            _ => null,
        };
        string[] consumes = verb != "patch" ? ["*/*"] : resource.IsCustom ? [.. Patches.Where(static type => type != Strategic)] : Patches;
        if (shared is null)
        {
            operation["consumes"] = Texts(consumes);
            operation["produces"] = Texts(verb == "list" ? [.. Answers, "application/json;stream=watch", "application/vnd.kubernetes.protobuf;stream=watch"] : Answers);
        }

        if (body is null)
        {
            return;
        }

        var required = verb is "create" or "update" or "patch";
        if (shared is null)
        {
            var parameter = new MapValue { ["name"] = "body", ["in"] = "body", ["schema"] = Schema(body) };
            if (required)
            {
                parameter["required"] = true;
            }

            parameters.Insert(0, parameter);
            return;
        }

        // kubectl apply reads from the patch itself which patches a kind takes, and follows no reference.
        operation["requestBody"] = verb == "patch" ? Body(body, consumes, required) : shared.Body(body, () => Body(body, consumes, required));
    }

    private MapValue Body(string name, IEnumerable<string> types, bool required)
    {
        var body = new MapValue { ["content"] = Content(types, name) };
        if (required)
        {
            body["required"] = true;
        }

        return body;
    }

    private MapValue Responses(string verb, string? answer)
    {
        var responses = new MapValue { ["200"] = Response("OK", answer) };
        if (verb is "create" or "update" or "patch")
        {
            responses["201"] = Response("Created", answer);
        }

        if (verb is "create" or "delete")
        {
            responses["202"] = Response("Accepted", answer);
        }

        responses["401"] = shared is null ? Unauthorized() : shared.Response("Unauthorized", Unauthorized);
        return responses;
    }

    private MapValue Response(string words, string? name)
    {
        if (shared is null)
        {
            return new MapValue { ["description"] = words, ["schema"] = Schema(name) };
        }

        // One for all codes: the code says what happened.
        return shared.Response(name ?? "Text", () => new MapValue { ["description"] = "The object, or what became of the request.", ["content"] = Content(Answers, name) });
    }

    private static MapValue Unauthorized() => new() { ["description"] = "Unauthorized" };

    private MapValue Parameter(string name) => shared is null ? OperationParametersTable.Make(name, _form) : shared.Parameter(name, () => OperationParametersTable.Make(name, _form));

    private MapValue Content(IEnumerable<string> types, string? name)
    {
        var content = new MapValue();
        foreach (var type in types)
        {
            content[type] = new MapValue { ["schema"] = Schema(name) };
        }

        return content;
    }

    private MapValue Schema(string? name) => name is null ? new MapValue { ["type"] = "string" } : OpenApiRefs.To(name, _form);

    private static string MethodOf(string verb) => verb switch
    {
        "create" => "post",
        "update" => "put",
        "patch" => "patch",
        "delete" or "deletecollection" => "delete",
        _ => "get",
    };

    // listCoreV1NamespacedPod, readAppsV1NamespacedDeploymentStatus, …
    private static string IdOf(ResourceInfo resource, string subresource, string verb, bool isAll)
    {
        var word = verb switch
        {
            "get" => "read",
            "update" => "replace",
            "deletecollection" => "deleteCollection",
            "list" or "create" or "patch" or "delete" => verb,
            _ => verb,
        };
        if (subresource is "exec" or "attach" or "portforward" or "proxy")
        {
            word = $"connect{Upper(verb == "create" ? "post" : verb)}";
        }

        var place = resource.Namespaced && !isAll ? "Namespaced" : "";
        return $"{word}{TagParts(resource.Resource)}{place}{resource.Kind}{Upper(subresource)}{(isAll && resource.Namespaced ? "ForAllNamespaces" : "")}";
    }

    private static string TagParts(GroupVersionResource resource)
    {
        var group = resource.Group.Length == 0 ? "core" : GroupOf(resource.Group);
        return string.Concat(group.Split('.').Select(Upper)) + Upper(resource.Version);
    }

    private static string TagOf(GroupVersionResource resource)
    {
        var parts = (resource.Group.Length == 0 ? "core" : GroupOf(resource.Group)).Split('.');
        return $"{parts[0]}{string.Concat(parts.Skip(1).Select(Upper))}_{resource.Version}";
    }

    // Kubernetes' own groups go by their first part: rbac.authorization.k8s.io is rbacAuthorization.
    private static string GroupOf(string group) => group.EndsWith(".k8s.io", StringComparison.Ordinal) ? group[..^".k8s.io".Length] : group;

    private static string Upper(string text) => text.Length == 0 ? "" : char.ToUpper(text[0], CultureInfo.InvariantCulture) + text[1..];

    private static ListValue Texts(IEnumerable<string> texts) => new(texts.Select(static one => (Value)one));
}
