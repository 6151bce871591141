using System.Runtime.InteropServices;

namespace Naru.Hosts;

/// <summary>What the distribution says about itself (os-release(5)).</summary>
internal static class OsRelease
{
    /// <summary>The machine word of uname(2).</summary>
    public static string Machine => RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "x86_64",
        System.Runtime.InteropServices.Architecture.Arm64 => "aarch64",
        var other => other.ToString().ToLowerInvariant(),
    };

    /// <summary>The word of image indexes for this machine.</summary>
    public static string Architecture => RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        var other => other.ToString().ToLowerInvariant(),
    };

    public static IReadOnlyDictionary<string, string> Read()
    {
        string[] places = ["/etc/os-release", "/usr/lib/os-release"];
        var path = places.FirstOrDefault(File.Exists);
        return path is null ? new Dictionary<string, string>() : Parse(File.ReadLines(path));
    }

    internal static IReadOnlyDictionary<string, string> Parse(IEnumerable<string> lines) =>
        lines.Select(line => line.Split('=', 2))
            .Where(parts => parts.Length == 2)
            .ToDictionary(parts => parts[0].Trim(), parts => parts[1].Trim().Trim('"', '\''));
}
