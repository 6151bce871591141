using Naru.Objects.Values;

namespace Naru.Objects.Schemas;

/// <summary>What may stand at one place of an object: a type, and what its place says about it (how it is patched, whether null is allowed). Built-in kinds and
/// custom ones are both seen through it. A schema does not change, lookups are cheap and safe from any thread, and a schema may contain itself.</summary>
public interface ISchema
{
    /// <summary>The kind of value.</summary>
    SchemaKind Kind { get; }

    /// <summary>The schema of a named field by its JSON name; null if the type names no such field (see <see cref="Element"/> and <see cref="PreservesUnknown"/>
    /// for what holds then).</summary>
    ISchema? Field(string name);

    /// <summary>JSON names of the named fields, in the order of the type.</summary>
    IReadOnlyList<string> FieldNames => [];

    /// <summary>JSON names of the fields that must be there.</summary>
    IReadOnlyList<string> Required => [];

    /// <summary>What a list holds, or what stands behind each key of a <see cref="SchemaKind.Map"/> with free keys (labels, limits); null otherwise.</summary>
    ISchema? Element => null;

    /// <summary>How the entries of a list are told apart when it is applied. Atomic if the type says nothing.</summary>
    ListSemantics ListType => ListSemantics.Atomic;

    /// <summary>For <see cref="ListSemantics.Map"/>: the fields of an entry that make its key, in order.</summary>
    IReadOnlyList<string> ListKeys => [];

    /// <summary>For maps: the map is owned and replaced as a whole when it is applied. False if the type says nothing.</summary>
    bool IsAtomic => false;

    /// <summary>How a strategic merge patch changes the field. Lists are replaced and maps are merged if the type says nothing.</summary>
    PatchStrategies PatchStrategy => PatchStrategies.None;

    /// <summary>For lists of maps that a strategic merge patch merges: the field of an entry that tells entries apart. Null if there is none.</summary>
    string? PatchMergeKey => null;

    /// <summary>Fields that are not named stay and are of any type.</summary>
    bool PreservesUnknown => false;

    /// <summary>The value is a whole object of its own: it has apiVersion, kind and metadata.</summary>
    bool IsEmbedded => false;

    /// <summary>Null is a value here.</summary>
    bool IsNullable => false;

    /// <summary>What a missing field is taken as; null if nothing. For fields of <see cref="ListKeys"/> it completes an entry's key (a port's protocol).</summary>
    Value? Default => null;
}

/// <summary>Kinds of value that a schema knows.</summary>
public enum SchemaKind
{
    /// <summary>Anything goes.</summary>
    Any,

    /// <summary>A map: named fields (a struct), free keys (<see cref="ISchema.Element"/>), or both.</summary>
    Map,

    /// <summary>A list of <see cref="ISchema.Element"/>.</summary>
    List,

    /// <summary>Text.</summary>
    Text,

    /// <summary>A whole number of 64 bits.</summary>
    Integer,

    /// <summary>A whole number of 32 bits.</summary>
    Integer32,

    /// <summary>Any number.</summary>
    Number,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A whole number or text.</summary>
    IntOrString,

    /// <summary>An amount: text, or a number.</summary>
    Quantity,

    /// <summary>A time in whole seconds as RFC 3339 text; null and missing are the same.</summary>
    Time,

    /// <summary>A time in microseconds as RFC 3339 text.</summary>
    MicroTime,

    /// <summary>A span of time as text: <c>1h30m</c>.</summary>
    Duration,

    /// <summary>Bytes as base64 text.</summary>
    Bytes,
}

/// <summary>How a list's entries are told apart when it is applied.</summary>
public enum ListSemantics
{
    /// <summary>Not at all: the list is one value.</summary>
    Atomic,

    /// <summary>By their value, which stands once.</summary>
    Set,

    /// <summary>By <see cref="ISchema.ListKeys"/>.</summary>
    Map,
}

/// <summary>How a strategic merge patch changes a field.</summary>
[Flags]
public enum PatchStrategies
{
    /// <summary>Nothing is said.</summary>
    None = 0,

    /// <summary>A list is merged, by <see cref="ISchema.PatchMergeKey"/> or by value.</summary>
    Merge = 1,

    /// <summary>A field's value is replaced as a whole.</summary>
    Replace = 2,

    /// <summary><c>$retainKeys</c> drops the fields that it does not name.</summary>
    RetainKeys = 4,
}
