using System.Globalization;
using Naru.Objects.Values;

namespace Naru.Scheduling.Facts;

/// <summary>Amounts of resources that grow as they are needed; sums stop at the largest number.</summary>
internal sealed class Amounts(Resources resources)
{
    private readonly Dictionary<int, long> _amounts = [];

    public IEnumerable<ResourceAmount> All => _amounts.Select(static amount => new ResourceAmount(amount.Key, amount.Value)).OrderBy(static amount => amount.Resource);

    public long this[int resource]
    {
        get => _amounts.GetValueOrDefault(resource);
        set => _amounts[resource] = value;
    }

    /// <summary>Reads a resource list (<c>requests</c>, <c>allocatable</c>); what is no quantity counts as nothing.</summary>
    public static Amounts Read(MapValue? list, Resources resources)
    {
        var amounts = new Amounts(resources);
        foreach (var (name, value) in list ?? [])
        {
            var resource = resources.Number(name);
            amounts[resource] = Parse(value.ToString() ?? "", resource == Resources.Cpu ? 1000 : 1);
        }

        return amounts;
    }

    public void Add(Amounts other)
    {
        foreach (var (resource, amount) in other._amounts)
        {
            this[resource] = Sum(this[resource], amount);
        }
    }

    public void RaiseTo(Amounts other)
    {
        foreach (var (resource, amount) in other._amounts)
        {
            this[resource] = Math.Max(this[resource], amount);
        }
    }

    public Amounts Copy()
    {
        var copy = new Amounts(resources);
        copy.Add(this);
        return copy;
    }

    /// <summary>Puts the other's amounts in place of these, for resources that the other names.</summary>
    public void Replace(Amounts other)
    {
        foreach (var (resource, amount) in other._amounts)
        {
            if (Resources.IsPodLevel(resources.NameOf(resource)))
            {
                this[resource] = amount;
            }
        }
    }

    /// <summary>A quantity times <paramref name="scale"/>, rounded up: <c>1500m</c> is 2, or 1500 with a scale of 1000.</summary>
    public static long Parse(string text, long scale)
    {
        var end = text.Length;
        while (end > 0 && !char.IsAsciiDigit(text[end - 1]) && text[end - 1] != '.')
        {
            end--;
        }

        var suffix = text[end..];
        var digits = text.AsSpan(0, end);
        var factor = Factor(suffix);
        if (factor is null || !decimal.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return 0;
        }

        try
        {
            return (long)Math.Ceiling(Math.Clamp(number * factor.Value * scale, 0, long.MaxValue));
        }
        catch (OverflowException)
        {
            return long.MaxValue;
        }
    }

    public static long Sum(long a, long b) => a > long.MaxValue - b ? long.MaxValue : a + b;

    private static decimal? Factor(string suffix) => suffix switch
    {
        "" => 1m,
        "n" => 1e-9m,
        "u" => 1e-6m,
        "m" => 1e-3m,
        "k" => 1e3m,
        "M" => 1e6m,
        "G" => 1e9m,
        "T" => 1e12m,
        "P" => 1e15m,
        "E" => 1e18m,
        "Ki" => 1024m,
        "Mi" => 1048576m,
        "Gi" => 1073741824m,
        "Ti" => 1099511627776m,
        "Pi" => 1125899906842624m,
        "Ei" => 1152921504606846976m,
        _ => null,
    };
}
