using Naru.Core.Errors;
using Naru.Core.Images;

namespace Naru.Images.Catalogue;

/// <summary>What people write for an image: a name, an id, the start of an id.</summary>
internal static class ImageLookup
{
    private static readonly System.Buffers.SearchValues<char> HexDigits = System.Buffers.SearchValues.Create("0123456789abcdef");

    /// <summary>The image, or null. Names come before the starts of ids, as with docker.</summary>
    internal static Image? Find(CatalogueState state, string reference)
    {
        if (TryParseId(reference, out var id))
        {
            return state.Images.GetValueOrDefault(id);
        }

        if (ImageReference.TryParse(reference, out var name, out _) && state.Find(name!) is { } named)
        {
            return named;
        }

        var prefix = reference.StartsWith("sha256:", StringComparison.Ordinal) ? reference[7..] : reference;
        if (prefix.Length is 0 or > 64 || prefix.AsSpan().ContainsAnyExcept(HexDigits))
        {
            return null;
        }

        var found = state.Images.Values.Where(image => image.Id.Hex.StartsWith(prefix, StringComparison.Ordinal)).Take(2).ToList();
        return found.Count == 1 ? found[0] : null;
    }

    internal static Image Get(CatalogueState state, string reference) => Find(state, reference) ?? throw Missing(reference);

    /// <summary>Docker's words; names are shown with their tag.</summary>
    internal static NaruException Missing(string reference)
    {
        var shown = !TryParseId(reference, out _) && ImageReference.TryParse(reference, out var name, out _) ? name!.WithDefaultTag().Familiar : reference;
        return NaruException.NotFound($"No such image: {shown}");
    }

    /// <summary>True if the reference is an id of the image or the start of one, and no name.</summary>
    internal static bool IsIdOf(Image image, string reference) =>
        image.Id.Value.StartsWith(reference, StringComparison.Ordinal) || image.Id.Hex.StartsWith(reference, StringComparison.Ordinal);

    private static bool TryParseId(string reference, out Digest id) =>
        Digest.TryParse(reference, out id) || (reference.Length == 64 && Digest.TryParse("sha256:" + reference, out id));
}
