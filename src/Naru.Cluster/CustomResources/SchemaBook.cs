using Naru.Cluster.Catalogue;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Cluster.CustomResources;

/// <summary>The schemas of all served resources, built-in and custom.</summary>
internal sealed class SchemaBook
{
    /// <summary>Takes out unknown fields and nulls; notes fields of the wrong type.</summary>
    public void Clean(ServedResource resource, MapValue body, List<string> unknown, FieldErrors errors) => throw new NotImplementedException();
}
