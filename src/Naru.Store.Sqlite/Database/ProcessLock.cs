using Naru.Core.Errors;

namespace Naru.Store.Sqlite.Database;

/// <summary>Keeps a second process (or a second store in this one) away from a database while it is held.</summary>
internal sealed class ProcessLock : IDisposable
{
    private readonly FileStream _file;

    public ProcessLock(string database)
    {
        try
        {
            _file = new FileStream(database + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new NaruException(ErrorKind.FailedPrecondition, $"the store {database} is in use by another process", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new NaruException(ErrorKind.FailedPrecondition, $"the store {database} may not be opened: {e.Message}", e);
        }
    }

    public void Dispose() => _file.Dispose();
}
