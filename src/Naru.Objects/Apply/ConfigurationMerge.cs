using Naru.Objects.Schemas;
using Naru.Objects.Values;

namespace Naru.Objects.Apply;

/// <summary>Lays a configuration over an object as server-side apply does, without noting who owns what.</summary>
public static class ConfigurationMerge
{
    /// <summary>The merged tree; shares nothing that can change with its inputs.</summary>
    public static MapValue Merge(MapValue live, MapValue configuration, ISchema? schema) => TreeMerge.Maps(live, configuration, schema);
}
