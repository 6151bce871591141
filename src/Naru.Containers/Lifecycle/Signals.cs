using System.Globalization;
using Naru.Core.Errors;

namespace Naru.Containers.Lifecycle;

/// <summary>Signals by name and number (signal(7); the numbers are those of x86 and Arm).</summary>
internal static class Signals
{
    public const int Kill = 9;
    public const int Terminate = 15;

    private const int RealTimeMinimum = 34;
    private const int RealTimeMaximum = 64;

    private static readonly string[] Names =
    [
        "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM",
        "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];

    /// <summary>Reads <c>KILL</c>, <c>sigkill</c>, <c>9</c>, <c>RTMIN+3</c>.</summary>
    /// <exception cref="NaruException"><see cref="ErrorKind.InvalidArgument"/>: no signal.</exception>
    public static int Parse(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number is > 0 and <= RealTimeMaximum ? number : throw Unknown(text);
        }

        var name = text.ToUpperInvariant();
        name = name.StartsWith("SIG", StringComparison.Ordinal) ? name[3..] : name;
        var known = name switch { "IOT" => 6, "POLL" => 29, "CLD" => 17, "" => -1, _ => Array.IndexOf(Names, name) };
        return known > 0 ? known
            : TryRealTime(name, "RTMIN", RealTimeMinimum, 1) ?? TryRealTime(name, "RTMAX", RealTimeMaximum, -1) ?? throw Unknown(text);
    }

    private static int? TryRealTime(string name, string word, int start, int direction)
    {
        if (!name.StartsWith(word, StringComparison.Ordinal))
        {
            return null;
        }

        var rest = name[word.Length..];
        if (rest.Length == 0)
        {
            return start;
        }

        var valid = rest[0] == (direction > 0 ? '+' : '-') && int.TryParse(rest[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var offset) && offset <= 15
            ? start + (direction * int.Parse(rest[1..], CultureInfo.InvariantCulture))
            : 0;
        return valid == 0 ? null : valid;
    }

    private static NaruException Unknown(string text) => NaruException.Invalid($"invalid signal: {text}");
}
