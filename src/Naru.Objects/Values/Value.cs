namespace Naru.Objects.Values;

/// <summary>A node of an object's tree: what JSON, YAML and protobuf are read into and written from. Scalars cannot change; maps and lists can, and are
/// owned by one thread at a time. A node knows nothing of its parent, so a tree may share scalars and, when nobody changes them, whole branches.</summary>
public abstract class Value
{
    private protected Value()
    {
    }

    /// <summary>A tree that shares nothing that can change with this one.</summary>
    public abstract Value Clone();

    /// <summary>Same kind and same content; the order of a map's fields does not matter, numbers are compared by value.</summary>
    public abstract bool DeepEquals(Value? other);

    /// <summary>A value of text.</summary>
    public static implicit operator Value(string text) => new TextValue(text);

    /// <summary>A whole number.</summary>
    public static implicit operator Value(long number) => IntegerValue.Of(number);

    /// <summary>A truth value.</summary>
    public static implicit operator Value(bool truth) => truth ? BooleanValue.True : BooleanValue.False;
}
