using System.Globalization;
using System.IO.Pipelines;
using Naru.Core.Containers;
using Naru.Dialects.Docker.Http;

namespace Naru.Dialects.Docker.Containers;

/// <summary>What a container has written.</summary>
internal sealed class LogRoutes(IContainerLogs logs, ContainerScope scope, TimeProvider time) : IDockerRouteGroup
{
    public void Map(DockerRoutes routes) => routes.Get("/containers/{id}/logs", LogsAsync);

    private async Task LogsAsync(DockerCall call)
    {
        var (output, error) = (call.Flag("stdout"), call.Flag("stderr"));
        if (!output && !error)
        {
            throw DockerException.BadRequest("Bad parameters: you must choose at least one stream");
        }
        var query = new LogQuery
        {
            Output = output,
            Error = error,
            Follow = call.Flag("follow"),
            Since = MomentOf(call, "since"),
            Until = MomentOf(call, "until"),
            Tail = TailOf(call.Query("tail")),
        };
        var container = scope.Get(call, call.Name);
        await using var reader = await logs.OpenAsync(container, query, call.Aborted);
        var raw = container.Spec.Process.Terminal;
        await call.StreamAsync(MediaTypes.ForOutput(raw, call.Version));
        var form = new LogForm(raw, call.Flag("timestamps"), call.Flag("details") ? DetailsOf(container) : "");
        await CopyAsync(reader, call.Http.Response.BodyWriter, form, joined: !query.Follow, call.Aborted);
    }

    private static async Task CopyAsync(ILogReader reader, PipeWriter writer, LogForm form, bool joined, CancellationToken cancellationToken)
    {
        var batch = new List<LogPiece>();
        while (await reader.ReadAsync(batch, cancellationToken))
        {
            form.Write(writer, batch, joined);
            if ((await writer.FlushAsync(cancellationToken)).IsCompleted)
            {
                return;
            }
        }
    }

    private DateTimeOffset? MomentOf(DockerCall call, string name)
    {
        var text = call.Query(name);
        if (string.IsNullOrEmpty(text) || text == "0")
        {
            return null;
        }
        return GoTime.ParseMoment(text, time.GetUtcNow())
            ?? throw DockerException.BadRequest($"invalid value for \"{name}\": failed to parse value as time or duration: \"{text}\"");
    }

    /// <summary>Anything but a number means all lines, as docker has it.</summary>
    private static long? TailOf(string? text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var lines) && lines >= 0 ? lines : null;

    /// <summary>The labels and variables that the log options name, as <c>k=v,k=v</c>.</summary>
    private static string DetailsOf(Container container)
    {
        var options = container.Spec.Log.Options;
        var details = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in Names(options.GetValueOrDefault("labels")))
        {
            if (container.Spec.Labels.TryGetValue(name, out var value))
            {
                details[name] = value;
            }
        }
        foreach (var name in Names(options.GetValueOrDefault("env")))
        {
            var entry = container.Spec.Process.Environment.FirstOrDefault(entry => entry.StartsWith(name + "=", StringComparison.Ordinal));
            if (entry is not null)
            {
                details[name] = entry[(name.Length + 1)..];
            }
        }
        return string.Join(',', details.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}")) + " ";
    }

    private static string[] Names(string? list) => list?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [];
}
