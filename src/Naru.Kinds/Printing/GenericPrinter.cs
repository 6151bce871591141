using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Printing;

/// <summary>Tables of kinds that have no columns of their own.</summary>
public static class GenericPrinter
{
    /// <summary>Name and age: custom resources without columns.</summary>
    public static ITablePrinter WithAge { get; } = new TablePrinter("Name, Age", static (body, now) => [Cell.Name(body), Cell.Age(body, now)]);

    /// <summary>Name and time of creation.</summary>
    public static ITablePrinter WithCreation { get; } = new TablePrinter("Name, Created At@", static (body, _) => [Cell.Name(body), body.Text("metadata", "creationTimestamp") ?? ""]);
}
