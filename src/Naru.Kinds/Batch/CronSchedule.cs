using System.Globalization;

namespace Naru.Kinds.Batch;

/// <summary>Whether a schedule can be read: five fields of numbers, names, ranges, steps and lists, or a word such as <c>@daily</c>.</summary>
internal static class CronSchedule
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
    private static readonly (int Least, int Most, string[] Names, int First)[] Fields = [(0, 59, [], 0), (0, 23, [], 0), (1, 31, [], 0), (1, 12, Months, 1), (0, 6, Days, 0)];

    /// <summary>What is wrong; null if nothing.</summary>
    public static string? Wrong(string schedule)
    {
        if (schedule.StartsWith('@'))
        {
            return schedule is "@yearly" or "@annually" or "@monthly" or "@weekly" or "@daily" or "@midnight" or "@hourly" || schedule.StartsWith("@every ", StringComparison.Ordinal)
                ? null
                : $"unrecognized descriptor: {schedule}";
        }

        var words = schedule.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length != 5)
        {
            return string.Create(CultureInfo.InvariantCulture, $"expected exactly 5 fields, found {words.Length}: [{string.Join(' ', words)}]");
        }

        for (var index = 0; index < words.Length; index++)
        {
            foreach (var part in words[index].Split(','))
            {
                if (WrongPart(part, Fields[index]) is { } wrong)
                {
                    return wrong;
                }
            }
        }

        return null;
    }

    private static string? WrongPart(string part, (int Least, int Most, string[] Names, int First) field)
    {
        var halves = part.Split('/');
        if (halves.Length > 2)
        {
            return $"too many slashes: {part}";
        }

        if (halves.Length == 2 && (!int.TryParse(halves[1], NumberStyles.None, CultureInfo.InvariantCulture, out var step) || step == 0))
        {
            return halves[1] == "0" ? $"step of range should be a positive number: {part}" : $"failed to parse int from {halves[1]}: invalid syntax";
        }

        if (halves[0] is "*" or "?")
        {
            return null;
        }

        var ends = halves[0].Split('-');
        if (ends.Length > 2)
        {
            return $"too many hyphens: {part}";
        }

        var numbers = new List<int>();
        foreach (var end in ends)
        {
            var name = Array.IndexOf(field.Names, end.ToLowerInvariant());
            if (name >= 0)
            {
                numbers.Add(name + field.First);
            }
            else if (int.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                numbers.Add(number);
            }
            else
            {
                return $"failed to parse int from {end}: strconv.Atoi: parsing \"{end}\": invalid syntax";
            }
        }

        return numbers[0] < field.Least ? string.Create(CultureInfo.InvariantCulture, $"beginning of range ({numbers[0]}) below minimum ({field.Least}): {part}")
            : numbers[^1] > field.Most ? string.Create(CultureInfo.InvariantCulture, $"end of range ({numbers[^1]}) above maximum ({field.Most}): {part}")
            : numbers[0] > numbers[^1] ? string.Create(CultureInfo.InvariantCulture, $"beginning of range ({numbers[0]}) beyond end of range ({numbers[^1]}): {part}")
            : null;
    }
}
