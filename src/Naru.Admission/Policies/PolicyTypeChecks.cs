using Naru.Cel.Types;
using Naru.Objects.Resources;
using Naru.Objects.Schemas;
using Naru.Objects.Values;

namespace Naru.Admission.Policies;

/// <summary>Compiles a policy's expressions with the types of the resources that it is about, and tells what does not fit. Pure but for what is served now.</summary>
internal sealed class PolicyTypeChecks(Lazy<IResourceCatalogue> catalogue, ObjectSchemas schemas)
{
    private const int MostTypes = 10;

    /// <summary>The entries of <c>status.typeChecking.expressionWarnings</c>.</summary>
    public ListValue Warnings(MapValue policy)
    {
        var parameter = ParameterType(policy.Map("spec", "paramKind"));
        var found = new Dictionary<string, string>();
        var order = new List<string>();
        foreach (var resource in Resources(policy))
        {
            if (TypeOf(resource) is not { } type)
            {
                continue;
            }

            foreach (var (path, expression) in PolicyPlaces.Of(new AdmissionPolicy(policy, type, parameter)).Where(static one => one.Expression.Failure is not null && !one.Path.StartsWith("spec.variables", StringComparison.Ordinal)))
            {
                if (!found.ContainsKey(path))
                {
                    order.Add(path);
                }

                found[path] = $"{found.GetValueOrDefault(path, "")}{resource.GroupVersionKind}: {expression.Failure!.Replace("compilation failed: ", "", StringComparison.Ordinal)}\n";
            }
        }

        return new ListValue(order.Select(path => (Value)new MapValue { ["fieldRef"] = path, ["warning"] = found[path] }));
    }

    private List<ResourceInfo> Resources(MapValue policy)
    {
        var found = new List<ResourceInfo>();
        foreach (var rule in policy.Maps("spec", "matchConstraints", "resourceRules"))
        {
            foreach (var info in catalogue.Value.All)
            {
                if (found.Count < MostTypes && Names(rule, "apiGroups", info.Resource.Group) && Names(rule, "apiVersions", info.Resource.Version) && Names(rule, "resources", info.Resource.Resource) && !found.Contains(info))
                {
                    found.Add(info);
                }
            }
        }

        return found;
    }

    // Rules for everything name no types.
    private static bool Names(MapValue rule, string field, string wanted) => rule.List(field)?.Texts().Contains(wanted) == true;

    private CelType ParameterType(MapValue? kind) =>
        kind is not null && catalogue.Value.Find(GroupVersionKind.Parse(kind.Text("apiVersion") ?? "", kind.Text("kind") ?? "")) is { } resource ? TypeOf(resource) ?? CelType.Dyn : CelType.Dyn;

    private CelType? TypeOf(ResourceInfo resource)
    {
        var name = resource.GroupVersionKind.ToString();
        if (!resource.IsCustom)
        {
            return BuiltInSchemas.Find(resource.GroupVersionKind) is { } schema ? SchemaTypes.Of(schema, name) : null;
        }

        var pod = BuiltInSchemas.Find(new GroupVersionKind("", "v1", "Pod"));
        return schemas.OpenApi(resource) is { } source ? OpenApiTypes.Of(source, name, true, SchemaTypes.Of(pod?.Field("metadata"), "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta")) : null;
    }
}
