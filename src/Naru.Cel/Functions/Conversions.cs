using System.Globalization;
using System.Text;
using Naru.Cel.Runtime;

namespace Naru.Cel.Functions;

/// <summary>Functions that make one type of another, and <c>size</c>.</summary>
internal static class Conversions
{
    private static readonly UTF8Encoding Strict = new(false, true);

    public static void AddTo(FunctionBook book)
    {
        AddNumbers(book);
        AddTexts(book);
        AddSizes(book);
        book.Add<object>("dyn(A) dyn", static one => one);
        book.Add<object>("type(A) type", static one => RuntimeTypes.Of(one));
        book.Add<bool>("bool(bool) bool", static one => one);
        book.Add<string>("bool(string) bool", static one => one switch
        {
            "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
            "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
            _ => new CelError("Type conversion error"),
        });
    }

    private static void AddNumbers(FunctionBook book)
    {
        book.Add<long>("int(int) int", static one => one);
        book.Add<ulong>("int(uint) int", static one => one <= long.MaxValue ? (long)one : CelError.IntOverflow);
        book.Add<double>("int(double) int", Numbers.ToInt);
        book.Add<string>("int(string) int", static one => long.TryParse(one, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : Wrong(one, "int"));
        book.Add<CelTimestamp>("int(timestamp) int", static one => one.Seconds);
        book.Add<CelDuration>("int(duration) int", static one => one.Nanoseconds);
        book.Add<ulong>("uint(uint) uint", static one => one);
        book.Add<long>("uint(int) uint", static one => one >= 0 ? (ulong)one : CelError.UintOverflow);
        book.Add<double>("uint(double) uint", Numbers.ToUint);
        book.Add<string>("uint(string) uint", static one => ulong.TryParse(one, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : Wrong(one, "uint"));
        book.Add<double>("double(double) double", static one => one);
        book.Add<long>("double(int) double", static one => (double)one);
        book.Add<ulong>("double(uint) double", static one => (double)one);
        book.Add<string>("double(string) double", ToDouble);
    }

    private static void AddTexts(FunctionBook book)
    {
        foreach (var type in (string[])["string", "bool", "int", "uint", "double", "timestamp", "duration"])
        {
            book.Add($"string({type}) string", static (arguments, cost) =>
            {
                cost.ChargeWalk((arguments[0] as string)?.Length ?? 1);
                return CelText.Of(arguments[0]);
            });
        }

        book.Add("string(bytes) string", static (arguments, cost) =>
        {
            var bytes = ((CelBytes)arguments[0]).Content;
            cost.ChargeWalk(bytes.Length);
            try
            {
                return Strict.GetString(bytes);
            }
            catch (DecoderFallbackException)
            {
                return new CelError("invalid UTF-8 in bytes, cannot convert to string");
            }
        });
        book.Add<CelBytes>("bytes(bytes) bytes", static one => one);
        book.Add("bytes(string) bytes", static (arguments, cost) =>
        {
            cost.ChargeWalk(((string)arguments[0]).Length);
            return new CelBytes(Encoding.UTF8.GetBytes((string)arguments[0]));
        });
    }

    private static void AddSizes(FunctionBook book)
    {
        foreach (var (before, after) in (ReadOnlySpan<(string, string)>)[("size(", ")"), ("", ".size()")])
        {
            book.Add($"{before}string{after} int", static (arguments, cost) =>
            {
                cost.ChargeWalk(((string)arguments[0]).Length);
                return (long)CelText.Length((string)arguments[0]);
            });
            book.Add<CelBytes>($"{before}bytes{after} int", static one => (long)one.Content.Length);
            book.Add<CelList>($"{before}list(A){after} int", static one => (long)one.Count);
            book.Add<CelMap>($"{before}map(A,B){after} int", static one => (long)one.Count);
        }
    }

    private static object ToDouble(string text) => text switch
    {
        "NaN" => double.NaN,
        "Infinity" or "+Infinity" or "Inf" or "+Inf" => double.PositiveInfinity,
        "-Infinity" or "-Inf" => double.NegativeInfinity,
        _ => double.TryParse(text, NumberStyles.Float & ~NumberStyles.AllowLeadingWhite & ~NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var value) ? value : Wrong(text, "double"),
    };

    private static CelError Wrong(string text, string type) => new($"type conversion error from 'string' to '{type}': \"{text}\"");
}
