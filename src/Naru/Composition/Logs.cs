using Microsoft.Extensions.Logging.Console;
using Naru.Configuration;

namespace Naru.Composition;

/// <summary>Where log lines go: standard error, in the form that its reader understands.</summary>
internal static class Logs
{
    public static void Configure(ILoggingBuilder logging, NaruOptions options)
    {
        logging.SetMinimumLevel(options.LogLevel);
        if (options.LogLevel > LogLevel.Debug)
        {
            logging.AddFilter("Microsoft", LogLevel.Warning);

            // Why the host did not start is the command's last line; the host would say it too, with where it was thrown.
            logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        }

        var underJournal = Environment.GetEnvironmentVariable("JOURNAL_STREAM") is { Length: > 0 };
        var formatter = options.LogFormat == LogFormat.Json ? ConsoleFormatterNames.Json : underJournal ? ConsoleFormatterNames.Systemd : ConsoleFormatterNames.Simple;
        logging.AddConsole(console =>
        {
            console.FormatterName = formatter;
            console.LogToStandardErrorThreshold = LogLevel.Trace;
        });
        logging.Services.Configure<SimpleConsoleFormatterOptions>(simple =>
        {
            simple.SingleLine = true;
            simple.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            simple.UseUtcTimestamp = true;
        });
        logging.Services.Configure<JsonConsoleFormatterOptions>(json =>
        {
            json.TimestampFormat = "O";
            json.UseUtcTimestamp = true;
        });
    }
}
