using Naru.Cel.Types;
using Naru.Objects.Values;

namespace Naru.Cel.Runtime;

/// <summary>A list of values.</summary>
public abstract class CelList
{
    /// <summary>How many.</summary>
    public abstract int Count { get; }

    /// <summary>The value at a place.</summary>
    public abstract object this[int index] { get; }

    /// <summary>The type with what the schema says of the list.</summary>
    internal virtual CelType Type => CelType.AnyList;

    /// <summary>All values in order.</summary>
    public IEnumerable<object> Items()
    {
        for (var index = 0; index < Count; index++)
        {
            yield return this[index];
        }
    }
}

/// <summary>A list that an expression made.</summary>
public sealed class MadeList(IReadOnlyList<object> items) : CelList
{
    /// <inheritdoc/>
    public override int Count => items.Count;

    /// <inheritdoc/>
    public override object this[int index] => items[index];
}

/// <summary>A list of an object's tree.</summary>
internal sealed class TreeList(ListValue list, CelType type) : CelList
{
    public override int Count => list.Count;

    public ListValue Tree => list;

    internal override CelType Type => type;

    public override object this[int index] => TreeValues.Read(list[index], type.Element);
}
