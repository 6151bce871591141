namespace Naru.Dialects.Docker.Containers;

/// <summary>Go's <c>os.FileMode</c>: the type is in high bits of its own, not where the kernel has it.</summary>
internal static class GoFileMode
{
    public static uint From(uint mode)
    {
        var result = mode & 0x1FF;
        result |= (mode & 0xF000) switch
        {
            0x4000 => 1u << 31, // directory
            0xA000 => 1u << 27, // symbolic link
            0x6000 => 1u << 26, // block device
            0x2000 => (1u << 26) | (1u << 21), // character device
            0x1000 => 1u << 25, // named pipe
            0xC000 => 1u << 24, // socket
            _ => 0,
        };
        result |= (mode & 0x800) != 0 ? 1u << 23 : 0; // set user id
        result |= (mode & 0x400) != 0 ? 1u << 22 : 0; // set group id
        result |= (mode & 0x200) != 0 ? 1u << 20 : 0; // sticky
        return result;
    }
}
