using System.Collections.Frozen;

namespace Naru.Dialects.Kubernetes.Wire;

/// <summary>What a field holds.</summary>
internal enum WireKind
{
    Text,
    Truth,
    Number,
    Real,
    Bytes,
    Message,
}

/// <summary>A field of a message.</summary>
/// <param name="Number">Number on the wire.</param>
/// <param name="Name">Name in JSON; empty for one whose fields are its parent's own.</param>
/// <param name="Kind">What it holds; for maps, what the values are.</param>
/// <param name="Type">Full name of the message it holds; empty for others.</param>
/// <param name="IsList">It may stand several times.</param>
/// <param name="IsMap">It holds entries of name and value.</param>
/// <param name="Format">The type's word in the table: <c>int32</c>, <c>int64</c>….</param>
internal sealed record WireField(int Number, string Name, WireKind Kind, string Type, bool IsList, bool IsMap, string Format);

/// <summary>A message: its fields in order of their numbers.</summary>
internal sealed class WireMessage(string name, IEnumerable<WireField> fields)
{
    /// <summary>Name without its package.</summary>
    public string Name { get; } = name[(name.LastIndexOf('.') + 1)..];

    public WireField[] Fields { get; } = [.. fields.OrderBy(static one => one.Number)];

    private readonly FrozenDictionary<int, WireField> _byNumber = fields.ToFrozenDictionary(static one => one.Number);

    public WireField? Find(int number) => _byNumber.GetValueOrDefault(number);
}
