namespace Naru.Store.Sqlite.Database;

/// <summary>A little room that is kept beside the database, to be given up when the disk is so full that the store cannot even be opened: whoever is to make room
/// must be able to start.</summary>
internal sealed class DiskReserve(string database)
{
    private const int Size = 2 << 20;

    private readonly string _path = database + ".reserve";

    /// <summary>Takes the room unless it is taken or there is none.</summary>
    public void Take()
    {
        if (File.Exists(_path))
        {
            return;
        }

        try
        {
            using var file = new FileStream(_path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, PreallocationSize = Size, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        }
        catch (IOException)
        {
            // No room for it now; the next start tries again.
            File.Delete(_path);
        }
    }

    /// <summary>Gives the room up; false if there is none to give.</summary>
    public bool GiveUp()
    {
        if (!File.Exists(_path))
        {
            return false;
        }

        File.Delete(_path);
        return true;
    }
}
