using System.Text.RegularExpressions;
using Naru.Core.Containers;
using Naru.Core.Images;
using Naru.Dialects.Docker.Access;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Images;

/// <summary>The list of images with its filters.</summary>
internal sealed class ImageListing(IImages images, IContainers containers, TimeProvider time)
{
    public ImageSummary[] List(DockerCall call)
    {
        var filters = call.Filters().Allow("before", "dangling", "label", "label!", "reference", "since", "until");
        var dangling = filters.Flag("dangling");
        var before = MomentOf(filters, "before");
        var since = MomentOf(filters, "since");
        var until = PruneMoment.Until(filters, time);
        var references = filters["reference"].ToList();
        if (call.Version.Below(41) && call.Query("filter") is { Length: > 0 } old)
        {
            references.Add(old);
        }
        var all = call.Flag("all");
        var users = containers.List().CountBy(container => container.ImageId).ToDictionary();
        var shared = call.Flag("shared-size") ? SharedSizes() : null;
        var found = new List<ImageSummary>();
        foreach (var image in images.List())
        {
            var named = !image.Tags.IsEmpty || !image.Digests.IsEmpty;
            if ((!all && !named && !images.Children(image.Id).IsEmpty) ||
                (dangling is { } wanted && wanted != (image.Tags.IsEmpty && images.Children(image.Id).IsEmpty)) ||
                (before is { } older && !(image.Created < older)) ||
                (since is { } newer && !(image.Created > newer)) ||
                (until is { } limit && !(image.Created < limit)) ||
                !filters.MatchesLabels(image.Config.Labels) ||
                !LabelScope.Contains(call.Access, image.Config.Labels))
            {
                continue;
            }
            var shown = image;
            if (references.Count > 0 && !Narrow(ref shown, references))
            {
                continue;
            }
            found.Add(ImageMap.Summarise(shown, call.Version, users.GetValueOrDefault(image.Id), shared?.GetValueOrDefault(image.Id) ?? -1));
        }
        return [.. found];
    }

    /// <summary>Bytes that each image shares with others.</summary>
    public Dictionary<Digest, long> SharedSizes()
    {
        var every = images.List();
        var layers = every.ToDictionary(image => image.Id, ChainSizes);
        var uses = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (name, _) in layers.Values.SelectMany(list => list))
        {
            uses[name] = uses.GetValueOrDefault(name) + 1;
        }
        return layers.ToDictionary(entry => entry.Key, entry => entry.Value.Where(layer => uses[layer.Name] > 1).Sum(layer => layer.Size));
    }

    /// <summary>Bytes of all layers, each counted once.</summary>
    public long LayersSize() => images.List().SelectMany(ChainSizes).DistinctBy(layer => layer.Name).Sum(layer => layer.Size);

    private List<(string Name, long Size)> ChainSizes(Image image)
    {
        var sizes = images.LayerSizes(image);
        var list = new List<(string, long)>();
        var chain = LayerChain.Empty;
        for (var index = 0; index < image.Layers.DiffIds.Length; index++)
        {
            chain = chain.Push(image.Layers.DiffIds[index]);
            list.Add((chain.ChainId!.Value.Value, index < sizes.Length ? sizes[index] : 0));
        }
        return list;
    }

    private DateTimeOffset? MomentOf(Filters filters, string key) =>
        filters[key] is [.., var name] ? images.Get(name).Created ?? DateTimeOffset.MinValue : null;

    /// <summary>Leaves only the names that a reference matches; false if none does.</summary>
    private static bool Narrow(ref Image image, List<string> references)
    {
        var tags = image.Tags.Where(tag => references.Any(pattern => Matches(tag, pattern, ':'))).ToArray();
        var digests = image.Digests.Where(digest => references.Any(pattern => Matches(digest, pattern, '@'))).ToArray();
        image = image with { Tags = [.. tags], Digests = [.. digests] };
        return tags.Length + digests.Length > 0;
    }

    /// <summary>A pattern matches the whole familiar name or the name without its tag; <c>*</c> and <c>?</c> stop at slashes.</summary>
    internal static bool Matches(string name, string pattern, char separator)
    {
        var expression = "^" + Regex.Escape(pattern).Replace("\\*", "[^/]*", StringComparison.Ordinal).Replace("\\?", "[^/]", StringComparison.Ordinal) + "$";
        var end = name.LastIndexOf(separator);
        return Regex.IsMatch(name, expression, RegexOptions.CultureInvariant) ||
            (end > 0 && Regex.IsMatch(name[..end], expression, RegexOptions.CultureInvariant));
    }
}
