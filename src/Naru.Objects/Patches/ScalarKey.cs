using System.Globalization;
using Naru.Objects.Values;

namespace Naru.Objects.Patches;

/// <summary>A scalar as a key to look up by: same kind, same value.</summary>
/// <param name="Kind">Tells "1" and 1 apart.</param>
/// <param name="Text">The value.</param>
internal readonly record struct ScalarKey(char Kind, string Text)
{
    /// <summary>The key of a value; null if it is a map or a list.</summary>
    public static ScalarKey? Of(Value? value) => value switch
    {
        TextValue text => new('t', text.Text),
        IntegerValue whole => new('n', whole.ToString()),
        DoubleValue number => new('n', number.Number.ToString("R", CultureInfo.InvariantCulture)),
        BooleanValue truth => new('b', truth.ToString()),
        NullValue => new('0', ""),
        _ => null,
    };
}
