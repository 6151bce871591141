using System.Text;
using Naru.Cel.Functions;
using Naru.Cel.Runtime;

namespace Naru.Cel.Libraries;

/// <summary>Text. Places are counted in characters.</summary>
internal static class TextLibrary
{
    /// <summary>No text that an expression makes is longer.</summary>
    public const int MaxLength = 16 * 1024 * 1024;

    public static void AddTo(FunctionBook book)
    {
        AddTests(book);
        AddPlaces(book);
        AddChanges(book);
        book.Add("string.split(string) list(string)", static (arguments, cost) => Split(Walk(arguments, cost), (string)arguments[1], -1));
        book.Add("string.split(string,int) list(string)", static (arguments, cost) => Split(Walk(arguments, cost), (string)arguments[1], (long)arguments[2]));
        book.Add("list(string).join() string", static (arguments, cost) => Join((CelList)arguments[0], "", cost));
        book.Add("list(string).join(string) string", static (arguments, cost) => Join((CelList)arguments[0], (string)arguments[1], cost));
        book.Add("strings:quote(string) string", static (arguments, cost) => TextQuoting.Quote(Walk(arguments, cost)));
        book.Add("string.format(list(dyn)) string", static (arguments, cost) => TextFormat.Apply((string)arguments[0], (CelList)arguments[1], cost));
    }

    private static void AddTests(FunctionBook book)
    {
        book.Add("string.contains(string) bool", static (arguments, cost) => Walk(arguments, cost).Contains((string)arguments[1], StringComparison.Ordinal));
        book.Add("string.startsWith(string) bool", static (arguments, cost) => Walk(arguments, cost).StartsWith((string)arguments[1], StringComparison.Ordinal));
        book.Add("string.endsWith(string) bool", static (arguments, cost) => Walk(arguments, cost).EndsWith((string)arguments[1], StringComparison.Ordinal));
    }

    private static void AddPlaces(FunctionBook book)
    {
        book.Add("string.charAt(int) string", static (arguments, cost) =>
        {
            var (text, at) = (Walk(arguments, cost), CelText.Offset((string)arguments[0], (long)arguments[1]));
            return at < 0 ? new CelError($"index out of range: {arguments[1]}") : Cut(text, at, CelText.Offset(text, (long)arguments[1] + 1));
        });
        book.Add("string.indexOf(string) int", static (arguments, cost) => IndexOf(Walk(arguments, cost), (string)arguments[1], 0));
        book.Add("string.indexOf(string,int) int", static (arguments, cost) => IndexOf(Walk(arguments, cost), (string)arguments[1], (long)arguments[2]));
        book.Add("string.lastIndexOf(string) int", static (arguments, cost) => LastIndexOf(Walk(arguments, cost), (string)arguments[1], CelText.Length((string)arguments[0])));
        book.Add("string.lastIndexOf(string,int) int", static (arguments, cost) =>
            LastIndexOf(Walk(arguments, cost), (string)arguments[1], (long)arguments[2]));
        book.Add("string.substring(int) string", static (arguments, cost) =>
            Substring(Walk(arguments, cost), (long)arguments[1], CelText.Length((string)arguments[0])));
        book.Add("string.substring(int,int) string", static (arguments, cost) => Substring(Walk(arguments, cost), (long)arguments[1], (long)arguments[2]));
    }

    private static void AddChanges(FunctionBook book)
    {
        book.Add("string.lowerAscii() string", static (arguments, cost) => Map(Walk(arguments, cost), static one => char.IsAsciiLetterUpper(one) ? (char)(one | 0x20) : one));
        book.Add("string.upperAscii() string", static (arguments, cost) => Map(Walk(arguments, cost), static one => char.IsAsciiLetterLower(one) ? (char)(one & ~0x20) : one));
        book.Add("string.trim() string", static (arguments, cost) => Walk(arguments, cost).Trim());
        book.Add("string.reverse() string", static (arguments, cost) => Reverse(Walk(arguments, cost)));
        book.Add("string.replace(string,string) string", static (arguments, cost) => Replace(Walk(arguments, cost), (string)arguments[1], (string)arguments[2], -1, cost));
        book.Add("string.replace(string,string,int) string", static (arguments, cost) => Replace(Walk(arguments, cost), (string)arguments[1], (string)arguments[2], (long)arguments[3], cost));
    }

    /// <summary>The first argument, paid for.</summary>
    internal static string Walk(object[] arguments, CostMeter cost)
    {
        var text = (string)arguments[0];
        cost.ChargeWalk(text.Length);
        return text;
    }

    private static string Cut(string text, int from, int to) => to < 0 ? "" : text[from..to];

    private static object IndexOf(string text, string part, long from)
    {
        if (part.Length == 0 && from >= 0 && from <= CelText.Length(text))
        {
            return from;
        }

        var start = CelText.Offset(text, from);
        return start < 0 || (start >= text.Length && from > 0) ? (start == text.Length ? -1L : new CelError($"index out of range: {from}")) : CelText.IndexOf(text, text.IndexOf(part, start, StringComparison.Ordinal));
    }

    private static object LastIndexOf(string text, string part, long from)
    {
        var start = CelText.Offset(text, from);
        if (start < 0)
        {
            return new CelError($"index out of range: {from}");
        }

        if (part.Length == 0)
        {
            return from;
        }

        for (var at = Math.Min(start, text.Length - part.Length); at >= 0; at--)
        {
            if (string.CompareOrdinal(text, at, part, 0, part.Length) == 0)
            {
                return CelText.IndexOf(text, at);
            }
        }

        return -1L;
    }

    private static object Substring(string text, long from, long to)
    {
        if (from > to)
        {
            return new CelError($"invalid substring range. start: {from}, end: {to}");
        }

        var (start, end) = (CelText.Offset(text, from), CelText.Offset(text, to));
        if (start >= 0 && end >= 0)
        {
            return Cut(text, start, end);
        }

        return new CelError($"index out of range: {(start < 0 ? from : to)}");
    }

    private static string Map(string text, Func<char, char> change) => string.Create(text.Length, (text, change), static (target, state) =>
    {
        for (var index = 0; index < target.Length; index++)
        {
            target[index] = state.change(state.text[index]);
        }
    });

    private static string Reverse(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes().Reverse())
        {
            result.Append(rune.ToString());
        }

        return result.ToString();
    }

    private static object Replace(string text, string old, string fresh, long most, CostMeter cost)
    {
        if (most == 0)
        {
            return text;
        }

        var result = new StringBuilder();
        var at = 0;
        for (var count = 0L; most < 0 || count < most; count++)
        {
            cost.ChargeWalk(fresh.Length);
            if (result.Length + (long)fresh.Length > MaxLength)
            {
                return TooLong();
            }

            var next = old.Length == 0 ? at : text.IndexOf(old, at, StringComparison.Ordinal);
            if (next < 0)
            {
                break;
            }

            result.Append(text, at, next - at).Append(fresh);
            at = next + old.Length;
            if (old.Length == 0)
            {
                if (at == text.Length)
                {
                    break;
                }

                var step = char.IsHighSurrogate(text[at]) && at + 1 < text.Length ? 2 : 1;
                result.Append(text, at, step);
                at += step;
            }
        }

        return result.Append(text, at, text.Length - at).ToString();
    }

    /// <summary>The error of a text that grew too long.</summary>
    internal static CelError TooLong() => new($"string exceeds {MaxLength} characters");

    private static MadeList Split(string text, string separator, long most)
    {
        if (most == 0)
        {
            return new MadeList([]);
        }

        IEnumerable<string> parts = separator.Length == 0 ? text.EnumerateRunes().Select(static rune => rune.ToString()) : text.Split(separator, most < 0 || most > int.MaxValue ? int.MaxValue : (int)most);
        if (separator.Length == 0 && most > 0)
        {
            var all = parts.ToList();
            parts = all.Count <= most ? all : [.. all.Take((int)most - 1), string.Concat(all.Skip((int)most - 1))];
        }

        return new MadeList([.. parts]);
    }

    private static object Join(CelList list, string separator, CostMeter cost)
    {
        var result = new StringBuilder();
        for (var index = 0; index < list.Count; index++)
        {
            if (list[index] is not string text)
            {
                return CelError.NoOverload;
            }

            cost.ChargeWalk((long)text.Length + separator.Length);
            if (result.Length + (long)text.Length + separator.Length > MaxLength)
            {
                return TooLong();
            }

            result.Append(index == 0 ? "" : separator).Append(text);
        }

        return result.ToString();
    }
}
