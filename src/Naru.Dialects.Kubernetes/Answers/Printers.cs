using System.Collections.Immutable;
using Naru.Objects.Api;
using Naru.Objects.Kinds;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Answers;

/// <summary>Finds how a resource is shown as a table: built-in kinds bring their printers, custom ones name columns in their definition.</summary>
internal sealed class Printers(IKinds kinds, IObjects objects)
{
    private static readonly GroupResource Definitions = new("apiextensions.k8s.io", "customresourcedefinitions");

    /// <summary>The printer of a resource.</summary>
    public ITablePrinter Of(ResourceInfo resource)
    {
        if (!resource.IsCustom)
        {
            return kinds.PrinterOf(resource.GroupVersionKind) ?? CustomPrinter.Plain;
        }

        var definition = objects.Get(Definitions, "", resource.Resource.GroupResource.ToString());
        return definition is null ? CustomPrinter.Plain : CustomPrinter.Read(ColumnsOf(definition.Tree, resource.Resource.Version));
    }

    /// <summary>A printer for a tree that is no object of a resource.</summary>
    public static ITablePrinter Plain => CustomPrinter.Plain;

    private static ImmutableArray<MapValue> ColumnsOf(MapValue definition, string version)
    {
        var spec = definition.Maps("spec", "versions").FirstOrDefault(one => one.Text("name") == version);
        return spec is null ? [] : [.. spec.Maps("additionalPrinterColumns")];
    }
}
