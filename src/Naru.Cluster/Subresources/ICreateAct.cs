using Naru.Cluster.Catalogue;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Cluster.Subresources;

/// <summary>A subresource, or a resource that stores nothing, whose creation means an act: a binding, an eviction, a token, a review.</summary>
internal interface ICreateAct
{
    /// <summary>Whether a call is this act.</summary>
    bool Handles(ServedResource resource, string subresource);

    /// <summary>Does it. The body is clean and its names are checked.</summary>
    Task<ApiObject> ActAsync(ApiCall call, ServedResource resource, string name, MapValue body, CancellationToken cancellationToken);
}
