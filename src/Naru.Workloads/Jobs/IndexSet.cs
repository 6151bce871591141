using System.Globalization;

namespace Naru.Workloads.Jobs;

/// <summary>Completion indexes as text: <c>1,3-5,7</c>.</summary>
internal static class IndexSet
{
    public static SortedSet<int> Parse(string? text, int end)
    {
        var set = new SortedSet<int>();
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var dash = part.IndexOf('-', StringComparison.Ordinal);
            if (int.TryParse(dash < 0 ? part : part[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
                && int.TryParse(dash < 0 ? part : part[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var last))
            {
                for (var index = first; index <= last && index < end; index++)
                {
                    set.Add(index);
                }
            }
        }

        return set;
    }

    public static string Format(SortedSet<int> set)
    {
        var parts = new List<string>();
        var (first, last) = (-2, -2);
        foreach (var index in set)
        {
            if (index == last + 1)
            {
                last = index;
                continue;
            }

            Close();
            (first, last) = (index, index);
        }

        Close();
        return string.Join(',', parts);

        void Close()
        {
            if (first >= 0)
            {
                parts.Add(first == last ? Text(first) : last == first + 1 ? $"{Text(first)},{Text(last)}" : $"{Text(first)}-{Text(last)}");
            }
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
