using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Objects.Api;

/// <summary>Brings custom objects from one version to another as their definition says, which may mean to ask a webhook. Any thread.</summary>
public interface IObjectConversion
{
    /// <summary>The object at the version of the resource; the tree given is not changed.</summary>
    ValueTask<MapValue> ConvertAsync(MapValue body, ResourceInfo to, CancellationToken cancellationToken);
}
