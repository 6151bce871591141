using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.OpenApi;

/// <summary>The two forms of the document.</summary>
internal enum OpenApiForm
{
    /// <summary>Swagger 2.0, one document.</summary>
    V2,

    /// <summary>OpenAPI 3.0, one document for each group version.</summary>
    V3,
}

/// <summary>Where the schemas of kinds come from. Trees are made anew by every call and belong to the caller.</summary>
internal interface IOpenApiDefinitions
{
    /// <summary>The name of a kind's definition, as <c>io.k8s.api.core.v1.Pod</c>; null if this source does not have it.</summary>
    string? NameOf(GroupVersionKind kind);

    /// <summary>The definition of a name, with references to others as <see cref="OpenApiRefs"/> writes them; null if this source does not have it.</summary>
    MapValue? Find(string name, OpenApiForm form);
}
