using System.Runtime.InteropServices;
using Naru.Core.Images;

namespace Naru.Images.Formats;

/// <summary>What this host runs.</summary>
internal static class HostPlatform
{
    internal static Platform Current { get; } = new()
    {
        Os = "linux",
        Architecture = RuntimeInformation.OSArchitecture switch
        {
            Architecture.X64 => "amd64",
            Architecture.Arm64 => "arm64",
            var other => other.ToString().ToLowerInvariant(),
        },
    };
}
