using System.Globalization;
using Naru.Core.Containers;
using Naru.Core.Errors;

namespace Naru.Builds.Dockerfiles;

/// <summary>Understands HEALTHCHECK.</summary>
internal static class HealthCheckParser
{
    public static HealthCheckInstruction Parse(Node node)
    {
        var parts = node.Rest.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0)
        {
            throw NaruException.Invalid("HEALTHCHECK requires at least one argument");
        }

        var kind = parts[0].ToUpperInvariant();
        if (kind == "NONE")
        {
            return parts.Length > 1 ? throw NaruException.Invalid("HEALTHCHECK NONE takes no arguments")
                : new HealthCheckInstruction(new HealthCheckSpec { Test = ["NONE"] }) { Node = node };
        }

        if (kind != "CMD")
        {
            throw NaruException.Invalid($"Unknown type {JsonWords.Quote(kind)} in HEALTHCHECK (try CMD)");
        }

        var command = parts.Length > 1 ? parts[1].Trim() : "";
        if (command.Length == 0)
        {
            throw NaruException.Invalid("Missing command after HEALTHCHECK CMD");
        }

        var flags = new InstructionFlags(node, "interval", "timeout", "start-period", "start-interval", "retries");
        return new HealthCheckInstruction(new HealthCheckSpec
        {
            Test = JsonWords.Read(command) is { Length: > 0 } words ? ["CMD", .. words] : ["CMD-SHELL", command],
            Interval = Duration(flags, "interval"),
            Timeout = Duration(flags, "timeout"),
            StartPeriod = Duration(flags, "start-period"),
            StartInterval = Duration(flags, "start-interval"),
            Retries = Retries(flags.Text("retries")),
        }) { Node = node };
    }

    private static TimeSpan? Duration(InstructionFlags flags, string name)
    {
        var text = flags.Text(name);
        if (text.Length == 0)
        {
            return null;
        }

        var duration = GoDuration.Parse(text) ?? throw NaruException.Invalid($"time: invalid duration \"{text}\"");
        return duration == TimeSpan.Zero ? null
            : duration < TimeSpan.FromMilliseconds(1) ? throw NaruException.Invalid($"Interval \"{name}\" cannot be less than 1ms")
            : duration;
    }

    private static int? Retries(string text)
    {
        if (text.Length == 0)
        {
            return null;
        }

        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var retries))
        {
            throw NaruException.Invalid($"strconv.ParseInt: parsing \"{text}\": invalid syntax");
        }

        return retries < 0 ? throw NaruException.Invalid($"--retries cannot be negative ({retries})") : retries == 0 ? null : retries;
    }
}
