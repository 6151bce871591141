using System.Collections.Frozen;
using System.Globalization;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Units;

namespace Naru.Containers.Logs;

/// <summary>What a container's log options come to. <see cref="From"/> refuses wrong ones in docker's words.</summary>
/// <param name="Keeps">Output is kept in a file that can be read back.</param>
/// <param name="MaxSize">Rotate at so many bytes; null: never.</param>
/// <param name="MaxFiles">Files kept, the one being written included.</param>
public sealed record LogPolicy(bool Keeps, ByteSize? MaxSize, int MaxFiles)
{
    private const string None = "none";

    // Any driver takes these two: how output waits for the driver. Output here never waits, which is what both modes promise at most.
    private static readonly FrozenSet<string> External = FrozenSet.Create("mode", "max-buffer-size");

    private static readonly FrozenDictionary<string, FrozenSet<string>> Drivers = new Dictionary<string, FrozenSet<string>>
    {
        ["json-file"] = FrozenSet.Create("max-file", "max-size", "compress", "labels", "labels-regex", "env", "env-regex", "tag"),
        ["local"] = FrozenSet.Create("max-file", "max-size", "compress"),
    }.ToFrozenDictionary();

    /// <summary>Works out a container's policy.</summary>
    /// <exception cref="NaruException"><see cref="ErrorKind.InvalidArgument"/>: an unknown driver or option, or a wrong value.</exception>
    public static LogPolicy From(LogSpec spec, LogOptions defaults)
    {
        var driver = spec.Driver.Length == 0 ? defaults.Driver : spec.Driver;
        if (driver == None)
        {
            return new LogPolicy(false, null, 1);
        }

        if (!Drivers.TryGetValue(driver, out var known))
        {
            throw NaruException.Invalid($"logger: no log driver named '{driver}' is registered");
        }

        foreach (var option in spec.Options.Keys)
        {
            if (!known.Contains(option) && !External.Contains(option))
            {
                throw NaruException.Invalid($"unknown log opt '{option}' for {driver} log driver");
            }
        }

        if (spec.Options.TryGetValue("mode", out var mode) && mode is not ("" or "blocking" or "non-blocking"))
        {
            throw NaruException.Invalid($"logger: logging mode not supported: {mode}");
        }

        return new LogPolicy(true, SizeOf(spec, defaults), FilesOf(spec, defaults));
    }

    private static ByteSize? SizeOf(LogSpec spec, LogOptions defaults)
    {
        if (!spec.Options.TryGetValue("max-size", out var text))
        {
            return defaults.MaxSize.Bytes > 0 ? defaults.MaxSize : null;
        }

        if (text == "-1")
        {
            return null;
        }

        return TryParseSize(text, out var bytes)
            ? bytes > 0 ? new ByteSize(bytes) : throw NaruException.Invalid("max-size must be a positive number")
            : throw NaruException.Invalid($"invalid size: '{text}'");
    }

    private static int FilesOf(LogSpec spec, LogOptions defaults)
    {
        if (!spec.Options.TryGetValue("max-file", out var text))
        {
            return Math.Max(defaults.MaxFiles, 1);
        }

        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var files))
        {
            throw NaruException.Invalid($"strconv.Atoi: parsing \"{text}\": invalid syntax");
        }

        return files >= 1 ? files : throw NaruException.Invalid("max-file cannot be less than 1");
    }

    /// <summary>Docker's log sizes are decimal: <c>10m</c> is ten million bytes.</summary>
    private static bool TryParseSize(string text, out long bytes)
    {
        bytes = 0;
        var number = text.Trim().ToLowerInvariant();
        number = number.EndsWith('b') ? number[..^1] : number;
        var power = number.Length == 0 ? -1 : "kmgtp".IndexOf(number[^1], StringComparison.Ordinal);
        var digits = (power >= 0 ? number[..^1] : number).TrimEnd();
        if (!decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) || value > long.MaxValue / 1_000_000_000_000_000m)
        {
            return false;
        }

        for (; power >= 0; power--)
        {
            value *= 1000;
        }

        bytes = (long)value;
        return true;
    }
}
