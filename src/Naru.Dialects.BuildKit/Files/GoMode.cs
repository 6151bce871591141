namespace Naru.Dialects.BuildKit.Files;

/// <summary>File modes as Go keeps them (os.FileMode) and as the kernel does (st_mode).</summary>
internal static class GoMode
{
    private const uint Directory = 1u << 31;
    private const uint Symlink = 1u << 27;
    private const uint Device = 1u << 26;
    private const uint NamedPipe = 1u << 25;
    private const uint Socket = 1u << 24;
    private const uint SetUser = 1u << 23;
    private const uint SetGroup = 1u << 22;
    private const uint CharacterDevice = 1u << 21;
    private const uint Sticky = 1u << 20;

    public static uint ToLinux(uint mode)
    {
        var kind = (mode & Directory) != 0 ? 0x4000u
            : (mode & Symlink) != 0 ? 0xA000u
            : (mode & NamedPipe) != 0 ? 0x1000u
            : (mode & Socket) != 0 ? 0xC000u
            : (mode & CharacterDevice) != 0 ? 0x2000u
            : (mode & Device) != 0 ? 0x6000u
            : 0x8000u;
        return kind | (mode & 0x1FF) | ((mode & SetUser) != 0 ? 0x800u : 0) | ((mode & SetGroup) != 0 ? 0x400u : 0) | ((mode & Sticky) != 0 ? 0x200u : 0);
    }

    public static uint FromLinux(uint mode)
    {
        var kind = (mode & 0xF000) switch
        {
            0x4000 => Directory,
            0xA000 => Symlink,
            0x1000 => NamedPipe,
            0xC000 => Socket,
            0x2000 => Device | CharacterDevice,
            0x6000 => Device,
            _ => 0u,
        };
        return kind | (mode & 0x1FF) | ((mode & 0x800) != 0 ? SetUser : 0) | ((mode & 0x400) != 0 ? SetGroup : 0) | ((mode & 0x200) != 0 ? Sticky : 0);
    }
}
