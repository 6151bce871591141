using Naru.Linux.Files;

namespace Naru.Linux.Archives;

/// <summary>Which device files an archive may bring.</summary>
public enum DevicePolicy
{
    /// <summary>Any device is a reason to refuse the archive.</summary>
    Refuse,

    /// <summary>Those that every container has anyway (null, zero, full, random, tty, console, ptmx, tun, fuse); others are refused.</summary>
    Harmless,

    /// <summary>All; for archives that the machine's owner vouches for.</summary>
    Any,
}

internal static class DevicePolicies
{
    internal static bool Allows(this DevicePolicy policy, TarEntryKind kind, DeviceNumber device) => policy switch
    {
        DevicePolicy.Any => true,
        DevicePolicy.Harmless => kind == TarEntryKind.CharacterDevice && device switch
        {
            (1, 3 or 5 or 7 or 8 or 9) => true,
            (4, _) or (5, _) => true,
            (>= 136 and <= 143, _) => true,
            (10, 200 or 229) => true,
            _ => false,
        },
        _ => false,
    };
}
