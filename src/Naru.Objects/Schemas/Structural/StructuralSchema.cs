using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Objects.Schemas.Structural;

/// <summary>The type of a custom resource at one place, compiled from the OpenAPI v3 schema of its definition. Cannot change; safe from any thread.</summary>
public sealed class StructuralSchema : ISchema
{
    internal StructuralSchema(MapValue source) => Source = source;

    /// <summary>The schema as it was given. Not to be changed.</summary>
    public MapValue Source { get; }

    /// <inheritdoc/>
    public SchemaKind Kind { get; internal set; }

    /// <inheritdoc/>
    public IReadOnlyList<string> FieldNames { get; internal set; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<string> Required { get; internal set; } = [];

    /// <inheritdoc/>
    public ISchema? Element => Inner;

    /// <inheritdoc/>
    public ListSemantics ListType { get; internal set; }

    /// <inheritdoc/>
    public IReadOnlyList<string> ListKeys { get; internal set; } = [];

    /// <inheritdoc/>
    public bool IsAtomic { get; internal set; }

    /// <inheritdoc/>
    public bool PreservesUnknown { get; internal set; }

    /// <inheritdoc/>
    public bool IsEmbedded { get; internal set; }

    /// <inheritdoc/>
    public bool IsNullable { get; internal set; }

    /// <inheritdoc/>
    public Value? Default { get; internal set; }

    /// <summary>Rules in CEL at this place.</summary>
    public IReadOnlyList<ValidationRule> Validations { get; internal set; } = [];

    /// <summary>Whether this place or one below has rules in CEL: where there are none, nobody needs to look.</summary>
    public bool HasValidations { get; internal set; }

    /// <summary>Whether this place or one below has defaults.</summary>
    public bool HasDefaults { get; internal set; }

    /// <summary>The named fields' schemas.</summary>
    internal Dictionary<string, StructuralSchema> Fields { get; set; } = [];

    /// <summary><see cref="Element"/>, typed.</summary>
    internal StructuralSchema? Inner { get; set; }

    /// <summary>Free keys hold anything.</summary>
    internal bool AnyElement { get; set; }

    internal ValueLimits Limits { get; set; } = ValueLimits.None;

    /// <inheritdoc/>
    public ISchema? Field(string name) => FieldSchema(name) ?? (IsEmbedded ? EmbeddedFields.Of(name) : null);

    /// <summary>The schema of a field that the definition describes: named, or behind a free key; null if it describes none.</summary>
    public StructuralSchema? FieldSchema(string name) => Fields.GetValueOrDefault(name);

    /// <summary>The schema of list items or of the values behind free keys; null if there is none.</summary>
    public StructuralSchema? ElementSchema => Inner;

    /// <summary>Compiles the schema of a custom resource.</summary>
    /// <param name="openApiV3Schema">The schema; it must not be changed afterwards.</param>
    /// <param name="errors">Where it breaks the rules for structural schemas.</param>
    /// <param name="path">Path of the schema, for messages.</param>
    public static StructuralSchema Compile(MapValue openApiV3Schema, FieldErrors errors, string path = "spec.validation.openAPIV3Schema") =>
        new StructuralCompiler(errors).CompileRoot(openApiV3Schema, path);

    /// <summary>Takes fields out of an object that the schema does not know, and notes their paths.</summary>
    public void Prune(MapValue body, List<string> unknownPaths) => StructuralPruning.Prune(body, this, "", unknownPaths);

    /// <summary>Fills in defaults. Nulls that are not allowed count as missing.</summary>
    public void SetDefaults(MapValue body) => StructuralDefaults.Set(body, this);

    /// <summary>Checks a value. What stands unchanged in the old one is not held against it.</summary>
    /// <param name="value">The value.</param>
    /// <param name="old">The value before; null for none.</param>
    /// <param name="path">Its path; empty for a whole object.</param>
    /// <param name="errors">The broken rules.</param>
    public void Validate(Value value, Value? old, string path, FieldErrors errors) => new StructuralValidation(errors).Check(this, value, old, path);
}
