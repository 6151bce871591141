using System.Collections.Frozen;
using System.Collections.Immutable;
using Naru.Kinds.Conversions;
using Naru.Kinds.Printing;
using Naru.Kinds.Resources;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Kinds;

/// <summary>The built-in kinds of Kubernetes v1.36: their resources, laws, conversions and tables. Immutable; any thread.</summary>
public sealed class BuiltInKinds : IKinds
{
    private static readonly ImmutableArray<ResourceInfo> AllResources = ResourceTableReader.Read(ResourceTable.Text);
    private static readonly FrozenDictionary<GroupVersionKind, KindRules> Rules = AllResources.ToFrozenDictionary(static one => one.GroupVersionKind, RulesTable.For);
    private static readonly FrozenDictionary<GroupVersionKind, ITablePrinter> Printers = AllResources.ToFrozenDictionary(static one => one.GroupVersionKind, PrinterTable.For);

    /// <inheritdoc/>
    public ImmutableArray<ResourceInfo> Resources => AllResources;

    /// <inheritdoc/>
    public IKindRules? RulesOf(GroupVersionKind kind) => Rules.GetValueOrDefault(kind);

    /// <inheritdoc/>
    public MapValue Convert(MapValue body, GroupVersionKind to) => KindConversion.Convert(body, to);

    /// <inheritdoc/>
    public ITablePrinter? PrinterOf(GroupVersionKind kind) => Printers.GetValueOrDefault(kind);
}
