using System.Text;
using Naru.Objects.Values;

namespace Naru.Workloads.Objects;

/// <summary>Short names of templates: equal templates have equal hashes, whatever the order of their fields.</summary>
internal static class TemplateHash
{
    // No vowels and nothing that looks like another: what Kubernetes uses in names.
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";
    private const uint Prime = 16777619;

    /// <summary>The hash; a collision count makes another one of the same template.</summary>
    public static string Of(MapValue template, long? collisions)
    {
        var hash = Mix(2166136261, template);
        if (collisions is { } count)
        {
            hash = Mix(hash, new IntegerValue(count));
        }

        var digits = hash.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return string.Create(digits.Length, digits, static (text, digits) =>
        {
            for (var index = 0; index < text.Length; index++)
            {
                text[index] = Alphabet[digits[index] % Alphabet.Length];
            }
        });
    }

    private static uint Mix(uint hash, Value value)
    {
        switch (value)
        {
            case MapValue map:
                // Sums do not care for order.
                var sum = 0u;
                foreach (var (name, field) in map.AsSpan())
                {
                    sum += Mix(Mix(2166136261, name), field);
                }

                return Mix(Mix(hash, '{'), sum);
            case ListValue list:
                hash = Mix(hash, '[');
                foreach (var item in list)
                {
                    hash = Mix(hash, item);
                }

                return Mix(hash, ']');
            default:
                return Mix(Mix(hash, value is TextValue ? '"' : '#'), value.ToString() ?? "");
        }
    }

    private static uint Mix(uint hash, string text)
    {
        foreach (var one in Encoding.UTF8.GetBytes(text))
        {
            hash = (hash ^ one) * Prime;
        }

        return hash;
    }

    private static uint Mix(uint hash, char one) => (hash ^ one) * Prime;

    private static uint Mix(uint hash, uint number)
    {
        for (var shift = 0; shift < 32; shift += 8)
        {
            hash = (hash ^ ((number >> shift) & 0xff)) * Prime;
        }

        return hash;
    }
}
