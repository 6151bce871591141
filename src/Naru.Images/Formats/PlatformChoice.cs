using Naru.Core.Images;

namespace Naru.Images.Formats;

/// <summary>Which image of an index runs here.</summary>
internal static class PlatformChoice
{
    /// <summary>
    /// The first entry for the platform (null: this host's), an exact variant before an unnamed one; attestations, which are for "unknown", never.
    /// An index whose entries name no platform gives its first.
    /// </summary>
    internal static Descriptor? Choose(IReadOnlyList<Descriptor> manifests, Platform? platform)
    {
        var wanted = platform ?? HostPlatform.Current;
        var fitting = manifests.Where(entry => entry.Platform is { } its && wanted.Accepts(ToPlatform(its))).ToList();
        return fitting.FirstOrDefault(entry => entry.Platform!.Variant == wanted.Variant)
            ?? fitting.FirstOrDefault()
            ?? (platform is null ? manifests.FirstOrDefault(entry => entry.Platform is null) : null);
    }

    internal static Platform ToPlatform(PlatformFile file) => new()
    {
        Os = string.IsNullOrEmpty(file.Os) ? "linux" : file.Os,
        Architecture = file.Architecture ?? "",
        Variant = string.IsNullOrEmpty(file.Variant) ? null : file.Variant,
        OsVersion = string.IsNullOrEmpty(file.OsVersion) ? null : file.OsVersion,
    };
}
