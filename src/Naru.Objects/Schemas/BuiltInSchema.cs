using Naru.Objects.Values;

namespace Naru.Objects.Schemas;

/// <summary>A type of Kubernetes' own at one place.</summary>
public sealed class BuiltInSchema : ISchema
{
    private readonly Func<BuiltInFields>? _read;
    private BuiltInFields? _fields;

    internal BuiltInSchema(SchemaKind kind, string definition = "", Func<BuiltInFields>? read = null)
    {
        Kind = kind;
        Definition = definition;
        _read = read;
    }

    /// <inheritdoc/>
    public SchemaKind Kind { get; }

    /// <summary>Full name of the message that the type is, as <c>k8s.io.api.core.v1.PodSpec</c>; of the items for lists; empty for plain values.</summary>
    public string Definition { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> FieldNames => Own.Names;

    /// <inheritdoc/>
    public IReadOnlyList<string> Required { get; internal init; } = [];

    /// <inheritdoc/>
    public ISchema? Element { get; internal init; }

    /// <inheritdoc/>
    public ListSemantics ListType { get; internal init; }

    /// <inheritdoc/>
    public IReadOnlyList<string> ListKeys { get; internal init; } = [];

    /// <inheritdoc/>
    public bool IsAtomic { get; internal init; }

    /// <inheritdoc/>
    public PatchStrategies PatchStrategy { get; internal init; }

    /// <inheritdoc/>
    public string? PatchMergeKey { get; internal init; }

    /// <inheritdoc/>
    public bool PreservesUnknown => Kind == SchemaKind.Any;

    /// <inheritdoc/>
    public Value? Default { get; internal init; }

    private BuiltInFields Own => _read is null ? BuiltInFields.None : _fields ?? Interlocked.CompareExchange(ref _fields, _read(), null) ?? _fields!;

    /// <inheritdoc/>
    public ISchema? Field(string name) => Own.Find(name);
}
