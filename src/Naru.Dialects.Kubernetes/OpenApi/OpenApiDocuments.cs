using System.Security.Cryptography;
using System.Text;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.OpenApi;

/// <summary>Writes the documents when they are asked for. Nothing is kept: they are large, and clients keep them by their hash.</summary>
internal sealed class OpenApiDocuments(IResourceCatalogue catalogue, IEnumerable<IOpenApiDefinitions> sources, CustomDefinitions custom, KubernetesDialectOptions options)
{
    private readonly IOpenApiDefinitions[] _sources = [.. sources];

    /// <summary>The group versions that have a document, in order: <c>api/v1</c>, <c>apis/apps/v1</c>.</summary>
    public IEnumerable<(string Path, IReadOnlyList<ResourceInfo> Resources)> Versions() =>
        catalogue.All.GroupBy(static one => (one.Resource.Group, one.Resource.Version))
            .Select(static one => (one.Key.Group.Length == 0 ? $"api/{one.Key.Version}" : $"apis/{one.Key.Group}/{one.Key.Version}", (IReadOnlyList<ResourceInfo>)[.. one]));

    /// <summary>Differs when the document of these resources may differ: made of what it is made from, so that the document need not be written.</summary>
    public string HashOf(IEnumerable<ResourceInfo> resources)
    {
        var text = new StringBuilder(options.GitVersion).Append(typeof(OpenApiDocuments).Module.ModuleVersionId);
        foreach (var resource in resources)
        {
            text.Append('|').Append(resource.Resource).Append(resource.Kind).Append(string.Join(',', resource.Verbs)).Append(string.Join(',', resource.Subresources.Select(static one => one.Name)));
            if (resource.IsCustom && custom.SourceOf(resource) is { } source)
            {
                text.Append(source.Definition.Uid).Append(source.Definition.Tree.Integer("metadata", "generation") ?? source.Definition.Revision);
            }
        }

        return Convert.ToHexString(SHA512.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>Differs when the one document of all resources may differ.</summary>
    public string HashOfAll() => HashOf(catalogue.All);

    /// <summary>The document of one group version, OpenAPI 3.0.</summary>
    public MapValue WriteV3(IReadOnlyList<ResourceInfo> resources)
    {
        var shared = new SharedComponents();
        var paths = Paths(resources, shared);
        var components = new MapValue();
        shared.WriteTo(components);
        components["schemas"] = Definitions([paths, components], resources, OpenApiForm.V3);
        components["securitySchemes"] = new MapValue
        {
            ["BearerToken"] = new MapValue { ["type"] = "apiKey", ["description"] = "Bearer Token authentication", ["name"] = "authorization", ["in"] = "header" },
        };
        return new MapValue { ["openapi"] = "3.0.0", ["info"] = Info(), ["paths"] = paths, ["components"] = components };
    }

    /// <summary>The one document, Swagger 2.0.</summary>
    public MapValue WriteV2()
    {
        var paths = Paths(catalogue.All, shared: null);
        return new MapValue
        {
            ["swagger"] = "2.0",
            ["info"] = Info(),
            ["paths"] = paths,
            ["definitions"] = Definitions([paths], catalogue.All, OpenApiForm.V2),
            ["securityDefinitions"] = new MapValue
            {
                ["BearerToken"] = new MapValue { ["description"] = "Bearer Token authentication", ["type"] = "apiKey", ["name"] = "authorization", ["in"] = "header" },
            },
            ["security"] = new ListValue([new MapValue { ["BearerToken"] = new ListValue() }]),
        };
    }

    private MapValue Info() => new() { ["title"] = "Kubernetes", ["version"] = options.GitVersion };

    private MapValue Paths(IEnumerable<ResourceInfo> resources, SharedComponents? shared)
    {
        var paths = new MapValue();
        var writer = new OperationWriter(NameOf, shared);
        foreach (var resource in resources)
        {
            writer.Write(resource, paths);
        }

        return paths;
    }

    // Everything that these parts of the document name, and everything that this names in turn.
    private MapValue Definitions(IEnumerable<MapValue> parts, IEnumerable<ResourceInfo> resources, OpenApiForm form)
    {
        var found = new SortedDictionary<string, MapValue>(StringComparer.Ordinal);
        var open = new Queue<string>(parts.SelectMany(OpenApiRefs.In).Concat(resources.Select(one => NameOf(one.GroupVersionKind)).OfType<string>()).Distinct());
        while (open.TryDequeue(out var name))
        {
            if (found.ContainsKey(name))
            {
                continue;
            }

            var definition = Find(name, form);
            found[name] = definition;
            foreach (var inner in OpenApiRefs.In(definition))
            {
                open.Enqueue(inner);
            }
        }

        var all = new MapValue(found.Count);
        foreach (var (name, definition) in found)
        {
            all[name] = definition;
        }

        return all;
    }

    private string? NameOf(GroupVersionKind kind)
    {
        foreach (var source in _sources)
        {
            if (source.NameOf(kind) is { } name)
            {
                return name;
            }
        }

        return null;
    }

    private MapValue Find(string name, OpenApiForm form)
    {
        foreach (var source in _sources)
        {
            if (source.Find(name, form) is { } definition)
            {
                return definition;
            }
        }

        return new MapValue { ["type"] = "object" };
    }
}
