using Naru.Cel.Functions;
using Naru.Cel.Runtime;

namespace Naru.Cel.Libraries;

/// <summary>Base64 and keys of JSON patches.</summary>
internal static class EncodingLibrary
{
    public static void AddTo(FunctionBook book)
    {
        book.Add("base64:encode(bytes) string", static (arguments, cost) =>
        {
            cost.ChargeWalk(((CelBytes)arguments[0]).Content.Length);
            return Convert.ToBase64String(((CelBytes)arguments[0]).Content);
        });
        book.Add("base64:decode(string) bytes", static (arguments, cost) =>
        {
            var text = TextLibrary.Walk(arguments, cost);
            var padded = text.PadRight((text.Length + 3) / 4 * 4, '=');
            var buffer = new byte[padded.Length];
            return Convert.TryFromBase64String(padded, buffer, out var length) ? new CelBytes(buffer[..length]) : new CelError("illegal base64 data");
        });
        book.Add<string>("jsonpatch:escapeKey(string) string", static text => text.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal));
    }
}
