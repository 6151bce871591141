using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Naru.Agent.Pods;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Objects.Values;

namespace Naru.Agent.Streams;

/// <summary>What a pod's container has written.</summary>
internal sealed class LogsEndpoint(IContainerLogs logs, PodTable table, TimeProvider time)
{
    public async Task HandleAsync(HttpContext context, PodView pod, string name)
    {
        var query = context.Request.Query;
        var container = Find(pod, name, query["previous"] == "true");
        context.Response.ContentType = "text/plain";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await using var reader = await logs.OpenAsync(container.Engine, QueryOf(query), context.RequestAborted);
        await context.Response.StartAsync(context.RequestAborted);
        var limit = long.TryParse(query["limitBytes"], CultureInfo.InvariantCulture, out var bytes) ? bytes : long.MaxValue;
        await CopyAsync(context, reader, query["timestamps"] == "true", limit);
    }

    private PodContainer Find(PodView pod, string name, bool previous)
    {
        var sight = new PodSight { Pod = pod, Containers = table.Of(pod.Uid), Now = time.GetUtcNow() };
        var found = previous ? sight.Previous(name) : sight.Latest(name);
        if (found is not null && found.Engine.Status.StartedAt is not null)
        {
            return found;
        }

        // While a new start is awaited the last run's words are what people ask for.
        if (!previous && sight.Containers.Where(one => one.Name == name && one.Engine.Status.StartedAt is not null).MaxBy(static one => one.Attempt) is { } last)
        {
            return last;
        }

        if (previous)
        {
            throw NaruException.Invalid($"previous terminated container \"{name}\" in pod \"{pod.Name}\" not found");
        }

        var waiting = pod.Status.Maps("containerStatuses").Concat(pod.Status.Maps("initContainerStatuses")).FirstOrDefault(one => one.Text("name") == name)?.Map("state", "waiting");
        var reason = waiting?.Text("reason") ?? "ContainerCreating";
        throw NaruException.Invalid(reason switch
        {
            "ErrImagePull" or "ImagePullBackOff" => $"container \"{name}\" in pod \"{pod.Name}\" is waiting to start: trying and failing to pull image",
            _ => $"container \"{name}\" in pod \"{pod.Name}\" is waiting to start: {reason}",
        });
    }

    private LogQuery QueryOf(IQueryCollection query)
    {
        DateTimeOffset? since = long.TryParse(query["sinceSeconds"], CultureInfo.InvariantCulture, out var seconds) ? time.GetUtcNow() - TimeSpan.FromSeconds(seconds) : null;
        if (DateTimeOffset.TryParse(query["sinceTime"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
        {
            since = at;
        }

        var stream = query["stream"].ToString();
        return new LogQuery
        {
            Follow = query["follow"] == "true",
            Tail = long.TryParse(query["tailLines"], CultureInfo.InvariantCulture, out var tail) ? tail : null,
            Since = since,
            Output = stream is not "Stderr",
            Error = stream is not "Stdout",
        };
    }

    private static async Task CopyAsync(HttpContext context, ILogReader reader, bool timestamps, long limit)
    {
        var batch = new List<LogPiece>();
        var output = context.Response.BodyWriter;
        while (limit > 0 && await reader.ReadAsync(batch, context.RequestAborted))
        {
            foreach (var piece in batch)
            {
                if (timestamps && piece.Starts)
                {
                    Write(Encoding.ASCII.GetBytes(Stamp(piece.UnixNanoseconds)));
                }

                Write(piece.Bytes.Span);
            }

            await output.FlushAsync(context.RequestAborted);
        }

        void Write(ReadOnlySpan<byte> bytes)
        {
            var part = bytes[..(int)Math.Min(bytes.Length, limit)];
            limit -= part.Length;
            System.Buffers.BuffersExtensions.Write(output, part);
        }
    }

    private static string Stamp(long nanoseconds)
    {
        var at = DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100);
        return string.Create(CultureInfo.InvariantCulture, $"{at:yyyy-MM-dd'T'HH:mm:ss}.{nanoseconds % 1_000_000_000:000000000}Z ");
    }
}
