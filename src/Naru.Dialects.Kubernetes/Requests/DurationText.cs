using System.Globalization;

namespace Naru.Dialects.Kubernetes.Requests;

/// <summary>Spans of time as Go writes them: <c>32s</c>, <c>1m30s</c>, <c>500ms</c>.</summary>
internal static class DurationText
{
    /// <summary>The span; null if the text is none.</summary>
    public static TimeSpan? Parse(string text)
    {
        var rest = text.AsSpan();
        var total = TimeSpan.Zero;
        if (rest.Length == 0)
        {
            return null;
        }

        while (rest.Length > 0)
        {
            var digits = 0;
            while (digits < rest.Length && (char.IsAsciiDigit(rest[digits]) || rest[digits] == '.'))
            {
                digits++;
            }

            var letters = digits;
            while (letters < rest.Length && !char.IsAsciiDigit(rest[letters]) && rest[letters] != '.')
            {
                letters++;
            }

            double? unit = rest[digits..letters] switch
            {
                "h" => 3600,
                "m" => 60,
                "s" => 1,
                "ms" => 1e-3,
                "us" or "µs" => 1e-6,
                "ns" => 1e-9,
                _ => null,
            };
            if (unit is not { } seconds || !double.TryParse(rest[..digits], CultureInfo.InvariantCulture, out var amount) || amount * seconds > 1e9)
            {
                return null;
            }

            total += TimeSpan.FromSeconds(amount * seconds);
            rest = rest[letters..];
        }

        return total;
    }
}
