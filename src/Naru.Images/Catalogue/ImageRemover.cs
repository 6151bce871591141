using System.Collections.Immutable;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Images.Layers;

namespace Naru.Images.Catalogue;

/// <summary>Removes names and images by docker's rules: what is in use stays, what children stand on stays, and force overrides what may be overridden.</summary>
internal sealed class ImageRemover(ImageCatalogue catalogue, LayerStore layers, ImageEvents events)
{
    [Flags]
    private enum Conflicts
    {
        None = 0,
        Children = 1,
        Running = 2,
        Names = 4,
        Stopped = 8,
        Hard = Children | Running,
        Soft = Names | Stopped,
    }

    private ImmutableArray<IImageUser> _users = [];

    internal void AddUser(IImageUser user) => ImmutableInterlocked.Update(ref _users, users => users.Add(user));

    internal bool IsInUse(Digest id) => _users.Any(user => user.UsersOf(id).Any());

    /// <summary>Removes a name or an image and returns what went, with the bytes of the layers that went.</summary>
    internal async Task<(ImmutableArray<ImageRemoval> Removed, long Bytes)> RemoveAsync(
        string reference, ImageRemoveOptions options, CancellationToken cancellationToken)
    {
        var removed = ImmutableArray.CreateBuilder<ImageRemoval>();
        var image = ImageLookup.Get(catalogue.State, reference);
        var quiet = false;
        if (!ImageLookup.IsIdOf(image, reference))
        {
            quiet = true;
            if (!RemoveName(reference, image, options.Force, removed))
            {
                return (removed.ToImmutable(), 0);
            }
        }
        else if (IsSingle(catalogue.State.NamesOf(image.Id)))
        {
            var mask = Conflicts.Hard | (options.Force ? Conflicts.None : Conflicts.Soft & ~Conflicts.Names);
            ThrowIf(FindConflict(image, mask));
            foreach (var name in catalogue.State.NamesOf(image.Id))
            {
                Untag(name, image, removed);
            }
        }

        RemoveImage(image, options.Force, !options.KeepParents, quiet, removed);
        if (removed.All(part => part.Deleted is null))
        {
            return (removed.ToImmutable(), 0);
        }

        var gone = await layers.CollectAsync(withYoung: false, cancellationToken);
        removed.AddRange(gone.Select(layer => new ImageRemoval(null, layer.ChainId.Value)));
        return (removed.ToImmutable(), gone.Sum(layer => layer.Size));
    }

    /// <summary>True if that was the last name and the image is to go too.</summary>
    private bool RemoveName(string reference, Image image, bool force, ImmutableArray<ImageRemoval>.Builder removed)
    {
        var names = catalogue.State.NamesOf(image.Id);
        if (!force && IsSingle(names) && UserOf(image, running: null) is { } user)
        {
            throw NaruException.Conflict(
                $"conflict: unable to remove repository reference \"{reference}\" (must force) - container {Short(user)} is using its referenced image {image.Id.Short}");
        }

        var written = ImageReference.Parse(reference).WithDefaultTag();
        var name = names.FirstOrDefault(known => known.Canonical == written.Canonical)
            ?? names.First(known => known.Canonical == (written with { Tag = null }).Canonical);
        Untag(name, image, removed);

        // Names by digest that only accompanied the last tag of their repository go with it.
        var left = catalogue.State.NamesOf(image.Id);
        if (name.Tag is not null && !left.Any(other => other.Tag is not null && IsSameRepository(other, name)))
        {
            foreach (var digest in left.Where(other => IsSameRepository(other, name)))
            {
                Untag(digest, image, removed);
            }
        }

        return catalogue.State.NamesOf(image.Id).IsEmpty;
    }

    private void RemoveImage(Image image, bool force, bool withParents, bool quiet, ImmutableArray<ImageRemoval>.Builder removed)
    {
        var conflict = FindConflict(image, Conflicts.Hard | (force ? Conflicts.None : Conflicts.Soft));
        if (conflict is not null)
        {
            var isDangling = catalogue.State.NamesOf(image.Id).IsEmpty && catalogue.State.Children(image.Id).IsEmpty;
            if (quiet && (!isDangling || conflict.Used))
            {
                return;
            }

            ThrowIf(conflict);
        }

        foreach (var name in catalogue.State.NamesOf(image.Id))
        {
            Untag(name, image, removed);
        }

        catalogue.Change(state => state.WithoutImage(image.Id));
        events.Publish("delete", image);
        removed.Add(new(null, image.Id.Value));

        if (withParents && image.Parent is { } parentId && catalogue.State.Images.TryGetValue(parentId, out var parent))
        {
            RemoveImage(parent, force: false, withParents: true, quiet: true, removed);
        }
    }

    private void Untag(ImageReference name, Image image, ImmutableArray<ImageRemoval>.Builder removed)
    {
        catalogue.Change(state => state.WithoutName(name));
        events.Publish("untag", image);
        removed.Add(new(name.Familiar, null));
    }

    private Conflict? FindConflict(Image image, Conflicts mask)
    {
        if (mask.HasFlag(Conflicts.Children) && !catalogue.State.Children(image.Id).IsEmpty)
        {
            return new(image, "image has dependent child images", Hard: true, Used: false);
        }

        if (mask.HasFlag(Conflicts.Running) && UserOf(image, running: true) is { } running)
        {
            return new(image, $"image is being used by running container {Short(running)}", Hard: true, Used: true);
        }

        if (mask.HasFlag(Conflicts.Names) && !catalogue.State.NamesOf(image.Id).IsEmpty)
        {
            return new(image, "image is referenced in multiple repositories", Hard: false, Used: false);
        }

        return mask.HasFlag(Conflicts.Stopped) && UserOf(image, running: false) is { } stopped
            ? new(image, $"image is being used by stopped container {Short(stopped)}", Hard: false, Used: true)
            : null;
    }

    private static void ThrowIf(Conflict? conflict)
    {
        if (conflict is not null)
        {
            throw NaruException.Conflict(
                $"conflict: unable to delete {conflict.Image.Id.Short} ({(conflict.Hard ? "cannot be forced" : "must be forced")}) - {conflict.Reason}");
        }
    }

    private string? UserOf(Image image, bool? running) => _users
        .SelectMany(user => user.UsersOf(image.Id))
        .Where(user => running is null || user.Running == running)
        .Select(user => user.Id)
        .FirstOrDefault();

    private static bool IsSameRepository(ImageReference one, ImageReference other) => one.Registry == other.Registry && one.Repository == other.Repository;

    /// <summary>At most one tag, and all digests in its repository.</summary>
    private static bool IsSingle(ImmutableArray<ImageReference> names)
    {
        var tags = names.Where(name => name.Tag is not null).ToList();
        return names.Length <= 1 || (tags.Count <= 1 && names.All(name => IsSameRepository(name, tags.FirstOrDefault() ?? names[0])));
    }

    private static string Short(string id) => id.Length > 12 ? id[..12] : id;

    private sealed record Conflict(Image Image, string Reason, bool Hard, bool Used);
}
