using Naru.Core.Errors;
using Naru.Core.Events;
using Naru.Dialects.Docker.Access;
using Naru.Dialects.Docker.Http;

namespace Naru.Dialects.Docker.Engine;

/// <summary>The stream of events.</summary>
internal sealed class EventRoutes(IEvents events, EventListeners listeners, TimeProvider time) : IDockerRouteGroup
{
    public void Map(DockerRoutes routes) => routes.Get("/events", EventsAsync);

    private async Task EventsAsync(DockerCall call)
    {
        var filters = call.Filters().Allow(
            "config", "container", "daemon", "event", "image", "label", "label!", "network", "node", "plugin", "scope", "secret", "service", "type", "volume");
        var since = MomentOf(call, "since");
        var until = MomentOf(call, "until");
        if (since is { } from && until is { } to && from > to)
        {
            throw DockerException.BadRequest($"`since` time ({call.Query("since")}) cannot be after `until` time ({call.Query("until")})");
        }
        var filter = new EventFilter(filters);
        var form = EventForm.For(call);
        // The subscription stands before the headers go out: what happens next is not missed.
        var happening = events.Read(since, until, call.Aborted);
        listeners.Enter();
        try
        {
            await call.StreamAsync(form.ContentType);
            await foreach (var happened in happening.WithCancellation(call.Aborted))
            {
                if (filter.Accepts(happened) && Sees(call, happened))
                {
                    await call.LineAsync(EventMap.Show(happened), DockerCall.LineFeed, form.Sequence ? (byte)0x1E : null);
                }
            }
        }
        catch (NaruException slow) when (slow.Kind == ErrorKind.Expired)
        {
            // Too slow a reader: the stream ends, the client reconnects with since.
        }
        finally
        {
            listeners.Leave();
        }
    }

    private static bool Sees(DockerCall call, EngineEvent happened) => LabelScope.Contains(call.Access, happened.Attributes);

    private DateTimeOffset? MomentOf(DockerCall call, string name)
    {
        var text = call.Query(name);
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }
        return GoTime.ParseMoment(text, time.GetUtcNow()) ?? throw DockerException.BadRequest($"failed to parse value for \"{name}\" as time or duration: \"{text}\"");
    }
}

/// <summary>How events are written one after another: plain, as lines, or as records of RFC 7464.</summary>
internal sealed record EventForm(string ContentType, bool Sequence)
{
    public static EventForm For(DockerCall call)
    {
        var accepted = call.Header("Accept") ?? "";
        if (call.Version.Below(52))
        {
            return new EventForm("application/json", false);
        }
        if (accepted.Contains("application/json-seq", StringComparison.OrdinalIgnoreCase))
        {
            return new EventForm("application/json-seq", true);
        }
        return new EventForm(accepted.Contains("application/x-ndjson", StringComparison.OrdinalIgnoreCase) ? "application/x-ndjson" : "application/json", false);
    }
}
