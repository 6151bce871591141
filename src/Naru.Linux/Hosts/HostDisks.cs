using Naru.Core.Hosts;
using Naru.Linux.Files;

namespace Naru.Linux.Hosts;

/// <summary>Asks the kernel for the room of file systems.</summary>
internal sealed class HostDisks : IHostDisks
{
    public DiskRoom RoomOf(string path)
    {
        try
        {
            var space = FileSystems.GetSpace(path);
            return new DiskRoom(space.Total, space.Available, space.Files, space.FreeFiles);
        }
        catch (IOException)
        {
            return new DiskRoom(0, 0, 0, 0);
        }
    }
}
