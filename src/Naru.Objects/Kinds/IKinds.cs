using System.Collections.Immutable;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Objects.Kinds;

/// <summary>The built-in kinds. Pure and immutable.</summary>
public interface IKinds
{
    /// <summary>All built-in resources at all versions, in order of discovery.</summary>
    ImmutableArray<ResourceInfo> Resources { get; }

    /// <summary>The laws of a built-in kind; null for others.</summary>
    IKindRules? RulesOf(GroupVersionKind kind);

    /// <summary>Brings a body of a built-in group from one version to another (events core and events.k8s.io, autoscaling v1 and v2). Changes and returns the tree.</summary>
    MapValue Convert(MapValue body, GroupVersionKind to);

    /// <summary>How <c>kubectl get</c> shows a built-in kind; null for others.</summary>
    ITablePrinter? PrinterOf(GroupVersionKind kind);
}

/// <summary>Rows for a Table answer.</summary>
public interface ITablePrinter
{
    /// <summary>The columns.</summary>
    ImmutableArray<TableColumn> Columns { get; }

    /// <summary>One cell for each column: text, whole number or truth value. Ages are counted up to <paramref name="now"/>.</summary>
    ImmutableArray<Value> Cells(MapValue body, DateTimeOffset now);
}

/// <summary>A column.</summary>
public sealed record TableColumn(string Name, string Type, string Format, string Description, int Priority);
