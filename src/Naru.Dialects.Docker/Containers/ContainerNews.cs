using Naru.Core.Containers;
using Naru.Core.Events;

namespace Naru.Dialects.Docker.Containers;

/// <summary>Tells of what this dialect alone knows: that somebody looked at processes, copied files or took an image. Docker's users filter by these words.</summary>
internal sealed class ContainerNews(IEvents events)
{
    public void Tell(Container container, string action, params ReadOnlySpan<(string Name, string Value)> further)
    {
        var attributes = container.Spec.Labels.ToBuilder();
        attributes["image"] = container.Spec.Image;
        attributes["name"] = container.Name;
        foreach (var (name, value) in further)
        {
            attributes[name] = value;
        }
        events.Publish(new EngineEvent { Type = "container", Action = action, ActorId = container.Id.Value, Attributes = attributes.ToImmutable() });
    }
}
