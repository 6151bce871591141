using Naru.Objects.Quantities;
using Naru.Objects.Values;

namespace Naru.Kinds.Rules;

/// <summary>Reading fields where a missing one is as good as an empty one, and filling in what is missing.</summary>
internal static class Reading
{
    /// <summary>The text of a field; empty if missing.</summary>
    public static string Str(this MapValue map, string name) => (map[name] as TextValue)?.Text ?? "";

    /// <summary>The number of a field; 0 if missing.</summary>
    public static long Int(this MapValue map, string name) => (map[name] as IntegerValue)?.Number ?? 0;

    /// <summary>Whether a field is true.</summary>
    public static bool Flag(this MapValue map, string name) => ReferenceEquals(map[name], BooleanValue.True);

    /// <summary>Whether a field is there and says something.</summary>
    public static bool Filled(this MapValue map, string name) => !SameValue.IsEmpty(map[name]);

    /// <summary>The map in a field; an empty one of its own if missing: not for writing.</summary>
    public static MapValue Under(this MapValue map, string name) => map[name] as MapValue ?? [];

    /// <summary>The texts in a list; none if missing.</summary>
    public static IEnumerable<string> Words(this MapValue map, string name) => (map[name] as ListValue)?.Texts() ?? [];

    /// <summary>How many entries a list has.</summary>
    public static int CountOf(this MapValue map, string name) => (map[name] as ListValue)?.Count ?? 0;

    /// <summary>The maps in a list with their places.</summary>
    public static IEnumerable<(int Index, MapValue Entry)> Entries(this MapValue map, string name)
    {
        if (map[name] is ListValue list)
        {
            for (var index = 0; index < list.Count; index++)
            {
                if (list[index] is MapValue entry)
                {
                    yield return (index, entry);
                }
            }
        }
    }

    /// <summary>The amount in a field; null if missing or not an amount.</summary>
    public static Quantity? Amount(this MapValue map, string name) => AmountOf(map[name]);

    /// <summary>A value as an amount: text or a whole number.</summary>
    public static Quantity? AmountOf(Value? value) => value switch
    {
        TextValue text when Quantity.TryParse(text.Text, out var amount) => amount,
        IntegerValue number => Quantity.FromUnits(number.Number),
        _ => null,
    };

    /// <summary>Sets a text that is missing or empty.</summary>
    public static void DefaultText(this MapValue map, string name, Value value)
    {
        if (map[name] is null or TextValue { Text.Length: 0 })
        {
            map[name] = value;
        }
    }

    /// <summary>Sets a number that is missing or zero.</summary>
    public static void DefaultNumber(this MapValue map, string name, long value)
    {
        if (map[name] is null or IntegerValue { Number: 0 })
        {
            map[name] = value;
        }
    }
}
