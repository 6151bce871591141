using Naru.Core.Events;
using Naru.Dialects.Docker.Containers;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Engine;

internal static class EventMap
{
    public static EventMessage Show(EngineEvent happened)
    {
        // Containers and images have the form that was before 1.22 beside the new one; its actions are the same words.
        var old = happened.Type is "container" or "image";
        return new EventMessage
        {
            Status = old ? happened.Action : null,
            Id = old && happened.ActorId.Length > 0 ? happened.ActorId : null,
            From = happened.Type == "container" ? happened.Attributes.GetValueOrDefault("image") : null,
            Type = happened.Type,
            Action = happened.Action,
            Actor = new EventActor { ID = happened.ActorId, Attributes = WireMaps.Map(happened.Attributes) },
            Time = happened.UnixNanoseconds / 1_000_000_000,
            TimeNano = happened.UnixNanoseconds,
        };
    }
}
