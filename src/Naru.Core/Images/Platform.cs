namespace Naru.Core.Images;

/// <summary>What an image runs on (OCI image specification, image index, "platform").</summary>
public sealed record Platform
{
    /// <summary>GOOS word, <c>linux</c>.</summary>
    public required string Os { get; init; }

    /// <summary>GOARCH word, <c>amd64</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Processor variant, <c>v8</c>; null: any.</summary>
    public string? Variant { get; init; }

    /// <summary>Version of the operating system; only Windows uses it.</summary>
    public string? OsVersion { get; init; }

    /// <summary>Reads <c>linux/arm64/v8</c>, <c>linux/amd64</c>, <c>linux</c> or <c>arm64</c>; null when the text is none of these.</summary>
    public static Platform? Parse(string text, Platform host)
    {
        var parts = text.ToLowerInvariant().Split('/');
        if (parts.Length is 0 or > 3 || parts.Any(p => p.Length == 0))
        {
            return null;
        }

        if (parts.Length == 1)
        {
            return parts[0] is "linux" or "windows" or "darwin" or "freebsd"
                ? host with { Os = parts[0] }
                : Normalise(new Platform { Os = host.Os, Architecture = parts[0] });
        }

        return Normalise(new Platform { Os = parts[0], Architecture = parts[1], Variant = parts.Length == 3 ? parts[2] : null });
    }

    /// <summary>True when an image for <paramref name="candidate"/> runs where this one is asked for.</summary>
    public bool Accepts(Platform candidate)
    {
        var (mine, other) = (Normalise(this), Normalise(candidate));
        return mine.Os == other.Os && mine.Architecture == other.Architecture && (mine.Variant is null || other.Variant is null || mine.Variant == other.Variant);
    }

    /// <summary><c>os/architecture[/variant]</c>.</summary>
    public override string ToString() => Variant is null ? $"{Os}/{Architecture}" : $"{Os}/{Architecture}/{Variant}";

    private static Platform Normalise(Platform platform) => platform.Architecture switch
    {
        "x86_64" or "x86-64" => platform with { Architecture = "amd64" },
        "aarch64" => platform with { Architecture = "arm64", Variant = platform.Variant is "v8" ? null : platform.Variant },
        "arm64" when platform.Variant is "v8" => platform with { Variant = null },
        "i386" or "i686" => platform with { Architecture = "386" },
        "armhf" => platform with { Architecture = "arm", Variant = "v7" },
        _ => platform,
    };
}
