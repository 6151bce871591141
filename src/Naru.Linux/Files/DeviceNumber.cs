namespace Naru.Linux.Files;

/// <summary>Major and minor number of a device.</summary>
public readonly record struct DeviceNumber(uint Major, uint Minor)
{
    /// <summary>glibc's dev_t.</summary>
    internal ulong ToRaw() =>
        ((ulong)(Major & 0xFFFFF000) << 32) | ((ulong)(Major & 0xFFF) << 8) | ((ulong)(Minor & 0xFFFFFF00) << 12) | (Minor & 0xFF);

    public override string ToString() => $"{Major}:{Minor}";
}
