using Naru.Objects.Kinds;
using Naru.Objects.Resources;

namespace Naru.Kinds.Printing;

/// <summary>Which table a kind has.</summary>
internal static class PrinterTable
{
    /// <summary>The table of a resource's kind.</summary>
    public static ITablePrinter For(ResourceInfo resource) => (resource.Resource.Group, resource.Kind) switch
    {
        _ => GenericPrinter.WithCreation,
    };
}
