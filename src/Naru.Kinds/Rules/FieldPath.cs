using System.Globalization;
using System.Text;

namespace Naru.Kinds.Rules;

/// <summary>Where a field lies: a chain that becomes text (<c>spec.containers[0].name</c>) only when there is something to complain about.</summary>
internal sealed class FieldPath
{
    private readonly FieldPath? _parent;
    private readonly string? _name;
    private readonly int _index;

    private FieldPath(FieldPath? parent, string? name, int index)
    {
        _parent = parent;
        _name = name;
        _index = index;
    }

    /// <summary>The object's metadata.</summary>
    public static FieldPath Metadata { get; } = Of("metadata");

    /// <summary>The object's wish.</summary>
    public static FieldPath Spec { get; } = Of("spec");

    /// <summary>The object's status.</summary>
    public static FieldPath Status { get; } = Of("status");

    /// <summary>A field of the object itself.</summary>
    public static FieldPath Of(string name) => new(null, name, 0);

    /// <summary>A field of this one.</summary>
    public FieldPath Child(string name) => new(this, name, 0);

    /// <summary>A field of a field of this one.</summary>
    public FieldPath Child(string name, string inner) => new(new(this, name, 0), inner, 0);

    /// <summary>An entry of this list.</summary>
    public FieldPath Index(int index) => new(this, null, index);

    /// <summary>An entry of this map.</summary>
    public FieldPath Key(string key) => new(this, key, -1);

    /// <summary>As text.</summary>
    public static implicit operator string(FieldPath path) => path.ToString();

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        Write(text);
        return text.ToString();
    }

    private void Write(StringBuilder text)
    {
        _parent?.Write(text);
        if (_name is null)
        {
            text.Append(CultureInfo.InvariantCulture, $"[{_index}]");
        }
        else if (_index < 0)
        {
            text.Append('[').Append(_name).Append(']');
        }
        else
        {
            text.Append(text.Length == 0 ? "" : ".").Append(_name);
        }
    }
}
