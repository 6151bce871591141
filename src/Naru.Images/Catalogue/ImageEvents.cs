using System.Collections.Immutable;
using Naru.Core.Events;
using Naru.Core.Images;

namespace Naru.Images.Catalogue;

/// <summary>Tells what happens to images in docker's events.</summary>
internal sealed class ImageEvents(IEvents events)
{
    /// <summary>An event about an image by its id.</summary>
    internal void Publish(string action, Image image, string? name = null) => Publish(action, image.Id.Value, name ?? image.Id.Value, image);

    /// <summary>An event about an image by its name: pull, push.</summary>
    internal void Publish(string action, ImageReference name, Image? image) => Publish(action, name.Familiar, name.FamiliarRepository, image);

    private void Publish(string action, string actor, string name, Image? image)
    {
        var labels = image?.Config.Labels ?? ImmutableSortedDictionary<string, string>.Empty;
        events.Publish(new() { Type = "image", Action = action, ActorId = actor, Attributes = labels.SetItem("name", name) });
    }
}
