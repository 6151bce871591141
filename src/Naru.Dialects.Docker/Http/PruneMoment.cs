using System.Collections.Immutable;
using System.Globalization;
using Naru.Core.Events;

namespace Naru.Dialects.Docker.Http;

/// <summary>What all prunes share: the <c>until</c> filter and the event.</summary>
internal static class PruneMoment
{
    /// <exception cref="DockerException">400: more than one, or no time.</exception>
    public static DateTimeOffset? Until(Filters filters, TimeProvider time)
    {
        var values = filters["until"];
        return values.Count switch
        {
            0 => null,
            1 => GoTime.ParseMoment(values[0], time.GetUtcNow()) ?? throw DockerException.BadRequest($"invalid filter 'until={values[0]}'"),
            _ => throw DockerException.BadRequest("more than one until filter specified"),
        };
    }

    public static EngineEvent Event(string type, long reclaimed) => new()
    {
        Type = type,
        Action = "prune",
        ActorId = "",
        Attributes = ImmutableSortedDictionary<string, string>.Empty.Add("reclaimed", reclaimed.ToString(CultureInfo.InvariantCulture)),
    };
}
