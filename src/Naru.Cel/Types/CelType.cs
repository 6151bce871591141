using System.Collections.Immutable;

namespace Naru.Cel.Types;

/// <summary>A type. Immutable, but for the fields of objects, which are looked up when asked for: a schema may contain itself.</summary>
public sealed class CelType
{
    /// <summary>Anything.</summary>
    public static readonly CelType Dyn = new(CelKind.Dyn, "dyn");

    /// <summary>Null.</summary>
    public static readonly CelType Null = new(CelKind.Null, "null_type");

    /// <summary>Truth.</summary>
    public static readonly CelType Bool = new(CelKind.Bool, "bool");

    /// <summary>Whole number.</summary>
    public static readonly CelType Int = new(CelKind.Int, "int");

    /// <summary>Whole number without sign.</summary>
    public static readonly CelType Uint = new(CelKind.Uint, "uint");

    /// <summary>Real number.</summary>
    public static readonly CelType Double = new(CelKind.Double, "double");

    /// <summary>Text.</summary>
    public static readonly CelType Text = new(CelKind.Text, "string");

    /// <summary>Bytes.</summary>
    public static readonly CelType Bytes = new(CelKind.Bytes, "bytes");

    /// <summary>Point in time.</summary>
    public static readonly CelType Timestamp = new(CelKind.Timestamp, "google.protobuf.Timestamp");

    /// <summary>Span of time.</summary>
    public static readonly CelType Duration = new(CelKind.Duration, "google.protobuf.Duration");

    /// <summary>A type.</summary>
    public static readonly CelType Type = new(CelKind.Type, "type");

    /// <summary>A list of anything.</summary>
    public static readonly CelType AnyList = ListOf(Dyn);

    /// <summary>A map of anything.</summary>
    public static readonly CelType AnyMap = MapOf(Dyn, Dyn);

    private CelType(CelKind kind, string name, ImmutableArray<CelType> parameters = default, ICelFields? fields = null)
    {
        Kind = kind;
        Name = name;
        Parameters = parameters.IsDefault ? [] : parameters;
        Fields = fields;
    }

    /// <summary>Kind.</summary>
    public CelKind Kind { get; }

    /// <summary>Name without parameters.</summary>
    public string Name { get; }

    /// <summary>Element of a list or optional; key and value of a map.</summary>
    public ImmutableArray<CelType> Parameters { get; }

    /// <summary>Fields of an object.</summary>
    public ICelFields? Fields { get; }

    /// <summary>How the schema tells entries of the list apart; atomic if it says nothing.</summary>
    public Objects.Schemas.ListSemantics ListType { get; init; }

    /// <summary>For lists that are maps by their schema: the fields that make an entry's key.</summary>
    public IReadOnlyList<string> ListKeys { get; init; } = [];

    /// <summary>Most characters, items or entries that the schema allows; null if it does not say. For estimates of cost.</summary>
    public long? MaxSize { get; init; }

    /// <summary>Element of a list or optional, value of a map; <see cref="Dyn"/> otherwise.</summary>
    public CelType Element => Parameters.Length == 0 ? Dyn : Parameters[^1];

    /// <summary>A list type.</summary>
    public static CelType ListOf(CelType element) => new(CelKind.List, "list", [element]);

    /// <summary>A map type.</summary>
    public static CelType MapOf(CelType key, CelType value) => new(CelKind.Map, "map", [key, value]);

    /// <summary>An optional type.</summary>
    public static CelType OptionalOf(CelType element) => new(CelKind.Optional, "optional_type", [element]);

    /// <summary>A library's type.</summary>
    public static CelType Opaque(string name) => new(CelKind.Opaque, name);

    /// <summary>A stand-in.</summary>
    public static CelType Parameter(string name) => new(CelKind.Parameter, name);

    /// <summary>An object type.</summary>
    public static CelType ObjectOf(string name, ICelFields fields) => new(CelKind.Object, name, [], fields);

    /// <summary>A list by a schema.</summary>
    internal static CelType ListOf(CelType element, Objects.Schemas.ListSemantics semantics, IReadOnlyList<string> keys, long? maxItems) =>
        new(CelKind.List, "list", [element]) { ListType = semantics, ListKeys = keys, MaxSize = maxItems };

    /// <summary>The same type with a bound on its size.</summary>
    internal CelType Bounded(long? size) => size is null ? this : new(Kind, Name, Parameters, Fields) { ListType = ListType, ListKeys = ListKeys, MaxSize = size };

    /// <summary>Same type, whatever its bounds.</summary>
    public bool Same(CelType other) => ReferenceEquals(this, other)
        || (Kind == other.Kind && Name == other.Name && Parameters.Length == other.Parameters.Length && Parameters.Zip(other.Parameters).All(static pair => pair.First.Same(pair.Second)));

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        CelKind.Null => "null",
        _ when Parameters.Length == 0 => Name,
        _ => $"{Name}({string.Join(", ", Parameters)})",
    };
}

/// <summary>The fields of an object type. Any thread.</summary>
public interface ICelFields
{
    /// <summary>The type of a field by its name in expressions; null if there is none.</summary>
    CelType? Field(string name);

    /// <summary>The field's name in the tree: expressions write some names in another way.</summary>
    string TreeName(string name) => name;
}
