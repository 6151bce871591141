namespace Naru.Cel.Types;

/// <summary>Kinds of type.</summary>
public enum CelKind
{
    /// <summary>Not known before evaluation.</summary>
    Dyn,

    /// <summary>The type of <c>null</c>.</summary>
    Null,

    /// <summary>Truth.</summary>
    Bool,

    /// <summary>Whole number of 64 bits.</summary>
    Int,

    /// <summary>Whole number of 64 bits without sign.</summary>
    Uint,

    /// <summary>Real number.</summary>
    Double,

    /// <summary>Text.</summary>
    Text,

    /// <summary>Bytes.</summary>
    Bytes,

    /// <summary>Point in time.</summary>
    Timestamp,

    /// <summary>Span of time.</summary>
    Duration,

    /// <summary>List.</summary>
    List,

    /// <summary>Map with free keys.</summary>
    Map,

    /// <summary>Object with named fields.</summary>
    Object,

    /// <summary>A value that may be missing.</summary>
    Optional,

    /// <summary>A type.</summary>
    Type,

    /// <summary>A type of a library (<c>net.IP</c>).</summary>
    Opaque,

    /// <summary>Stands for any type in a function's signature.</summary>
    Parameter,
}
