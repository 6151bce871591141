using System.Text.Json;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Images;

/// <summary>Platforms as requests write them: JSON in the OCI form, or <c>os/architecture</c>.</summary>
internal static class PlatformText
{
    /// <summary>What may stand alone: systems and architectures by Go's names and their usual other ones.</summary>
    private static readonly string[] Words =
    [
        "linux", "windows", "darwin", "freebsd", "386", "i386", "i686", "amd64", "x86_64", "x86-64", "arm", "armhf", "armel", "arm64", "aarch64",
        "loong64", "mips", "mipsle", "mips64", "mips64le", "ppc64", "ppc64le", "riscv64", "s390x", "wasm",
    ];

    /// <summary>The <c>platform</c> parameter in its JSON form; null: none, or a version that has none.</summary>
    /// <exception cref="DockerException">400: not such a platform.</exception>
    public static Platform? JsonParameter(DockerCall call, int since)
    {
        if (call.Version.Below(since))
        {
            return null;
        }
        string[] values = [.. call.QueryAll("platform").Where(value => value.Length > 0)];
        return values.Length switch
        {
            0 => null,
            1 => FromJson(values[0]),
            _ => throw new NaruException(ErrorKind.NotImplemented, "more than one platform at once is not supported"),
        };
    }

    public static Platform FromJson(string text)
    {
        OciPlatform? wire;
        try
        {
            wire = JsonSerializer.Deserialize(text, DockerJson.Reading.TypeOf<OciPlatform>());
        }
        catch (JsonException)
        {
            throw DockerException.BadRequest($"failed to parse platform: {text}");
        }
        if (wire is null || string.IsNullOrEmpty(wire.Os) || string.IsNullOrEmpty(wire.Architecture))
        {
            throw DockerException.BadRequest("both OS and Architecture must be provided");
        }
        return new Platform { Os = wire.Os, Architecture = wire.Architecture, Variant = string.IsNullOrEmpty(wire.Variant) ? null : wire.Variant, OsVersion = wire.OsVersion };
    }

    public static Platform? FromWord(string? text, Platform host)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }
        if (!text.Contains('/', StringComparison.Ordinal) && !Words.Contains(text.ToLowerInvariant()))
        {
            throw DockerException.BadRequest($"\"{text}\": unknown operating system or architecture: invalid argument");
        }
        return Platform.Parse(text, host) ?? throw DockerException.BadRequest($"\"{text}\": unknown operating system or architecture: invalid argument");
    }

    public static OciPlatform Show(Platform platform) => new()
    {
        Architecture = platform.Architecture,
        Os = platform.Os,
        OsVersion = platform.OsVersion,
        Variant = platform.Variant,
    };
}
