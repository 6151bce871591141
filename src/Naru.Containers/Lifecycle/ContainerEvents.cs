using System.Collections.Immutable;
using System.Globalization;
using Naru.Core.Containers;
using Naru.Core.Events;

namespace Naru.Containers.Lifecycle;

/// <summary>Tells what happens to containers, in Docker's words.</summary>
internal sealed class ContainerEvents(IEvents events)
{
    /// <summary>Publishes an event with the container's image, name and labels, and further attributes.</summary>
    public void Publish(Container container, string action, params ReadOnlySpan<(string Name, string Value)> further)
    {
        if (container.Spec.Internal)
        {
            return;
        }

        var attributes = ImmutableSortedDictionary.CreateBuilder<string, string>();
        attributes.AddRange(container.Spec.Labels);
        attributes["image"] = container.Spec.Image;
        attributes["name"] = container.Name;
        foreach (var (name, value) in further)
        {
            attributes[name] = value;
        }

        events.Publish(new EngineEvent { Type = "container", Action = action, ActorId = container.Id.Value, Attributes = attributes.ToImmutable() });
    }

    public void Died(Container container, int exitCode, TimeSpan lasted) => Publish(
        container,
        "die",
        ("execDuration", ((long)lasted.TotalSeconds).ToString(CultureInfo.InvariantCulture)),
        ("exitCode", exitCode.ToString(CultureInfo.InvariantCulture)));

    public void Killed(Container container, int signal) =>
        Publish(container, "kill", ("signal", signal.ToString(CultureInfo.InvariantCulture)));
}
