using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Naru.Cel.Functions;
using Naru.Cel.Runtime;

namespace Naru.Cel.Libraries;

/// <summary>Regular expressions, without backtracking: no pattern takes more than time in proportion to the text.</summary>
internal static class PatternLibrary
{
    private const int MaxLength = 10_000;
    private const int MaxKept = 500;

    private static readonly ConcurrentDictionary<string, object> Known = new();

    public static void AddTo(FunctionBook book)
    {
        book.Add("string.matches(string) bool", static (arguments, cost) => Pay(arguments, cost) is Regex pattern ? pattern.IsMatch((string)arguments[0]) : Of((string)arguments[1]));
        book.Add("matches(string,string) bool", static (arguments, cost) => Pay(arguments, cost) is Regex pattern ? pattern.IsMatch((string)arguments[0]) : Of((string)arguments[1]));
        book.Add("string.find(string) string", static (arguments, cost) => Pay(arguments, cost) is Regex pattern ? pattern.Match((string)arguments[0]).Value : Of((string)arguments[1]));
        book.Add("string.findAll(string) list(string)", static (arguments, cost) => FindAll(arguments, -1, cost));
        book.Add("string.findAll(string,int) list(string)", static (arguments, cost) => FindAll(arguments, (long)arguments[2], cost));
    }

    /// <summary>A compiled pattern, or the error of one that is none.</summary>
    public static object Of(string pattern)
    {
        if (Known.TryGetValue(pattern, out var known))
        {
            return known;
        }

        var made = Compile(pattern);
        if (Known.Count >= MaxKept)
        {
            Known.Clear();
        }

        Known[pattern] = made;
        return made;
    }

    private static object Compile(string pattern)
    {
        if (pattern.Length > MaxLength)
        {
            return new CelError("error parsing regexp: expression too large");
        }

        try
        {
            return new Regex(GoPatterns.ToPlatform(pattern), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            return new CelError($"error parsing regexp: invalid pattern: `{pattern}`");
        }
    }

    private static object Pay(object[] arguments, CostMeter cost)
    {
        var (text, pattern) = ((string)arguments[0], (string)arguments[1]);
        cost.Charge(Math.Max(1, (text.Length + 10) / 10) * (long)Math.Max(1, (pattern.Length + 3) / 4));
        return Of(pattern);
    }

    private static object FindAll(object[] arguments, long most, CostMeter cost)
    {
        if (Pay(arguments, cost) is not Regex pattern)
        {
            return Of((string)arguments[1]);
        }

        var found = new List<object>();
        for (var match = pattern.Match((string)arguments[0]); match.Success && (most < 0 || found.Count < most); match = match.NextMatch())
        {
            cost.Charge(1);
            found.Add(match.Value);
        }

        return new MadeList(found);
    }
}
