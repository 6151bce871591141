using System.Security.Cryptography;
using System.Text;
using Naru.Commands;
using Naru.Configuration;
using Naru.Core.Lifetime;
using Naru.Linux.Files;

namespace Naru.Composition;

/// <summary>This process's claim on its data and run directories. Held until disposal, and by the kernel no longer than the process lives.</summary>
internal sealed class Instance : IDisposable
{
    private const string PidFile = "naru.pid";
    private readonly FileLock _data;
    private readonly FileLock _run;

    private Instance(EngineDirectories directories, FileLock data, FileLock run)
    {
        Directories = directories;
        _data = data;
        _run = run;
    }

    public EngineDirectories Directories { get; }

    /// <summary>Makes the directories, locks both, and reads or makes the instance's id.</summary>
    /// <exception cref="CommandFailure">Another naru holds one of them, containers of another one run there, or they cannot be made.</exception>
    public static Instance Claim(NaruOptions options)
    {
        MakeDirectory(options.DataDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, exact: true);
        MakeDirectory(
            options.RunDirectory,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute,
            exact: false);
        var data = Lock(options.DataDirectory, "data-dir");
        FileLock? run = null;
        try
        {
            run = Lock(options.RunDirectory, "run-dir");
            var directories = new EngineDirectories(options.DataDirectory, options.RunDirectory, ReadOrMakeId(options.DataDirectory));
            RunOwner.Claim(directories);
            return new Instance(directories, data, run);
        }
        catch
        {
            run?.Dispose();
            data.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        File.Delete(Directories.RunPath(PidFile));
        File.Delete(Directories.DataPath(PidFile));
        _run.Dispose();
        _data.Dispose();
    }

    private static FileLock Lock(string directory, string option)
    {
        if (FileLock.TryTake(Path.Combine(directory, "naru.lock")) is { } taken)
        {
            NoteProcess(Path.Combine(directory, PidFile));
            return taken;
        }

        var pidFile = Path.Combine(directory, PidFile);
        var holder = File.Exists(pidFile) ? $" (process {File.ReadAllText(pidFile).Trim()})" : "";
        throw new CommandFailure(
            ExitCodes.Busy,
            $"another naru{holder} runs on {option} {directory}. Stop it, or give this one its own --data-dir and --run-dir.");
    }

    private static void NoteProcess(string pidFile)
    {
        try
        {
            AtomicFile.Replace(pidFile, Encoding.ASCII.GetBytes($"{Environment.ProcessId}\n"), durable: false, mode: 0x1A4);
        }
        catch (Exception exception) when (exception is IOException or LinuxException)
        {
            // It only tells people who holds the lock, which is the kernel's own. On a full disk naru must start all the same: it is what makes room.
        }
    }

    private static void MakeDirectory(string path, UnixFileMode mode, bool exact)
    {
        try
        {
            Directory.CreateDirectory(path, mode);
            if (exact)
            {
                File.SetUnixFileMode(path, mode);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            var hint = Environment.IsPrivilegedProcess ? "" : " (naru up must run as root)";
            throw new CommandFailure(ExitCodes.Failure, $"cannot make {path}: {exception.Message}{hint}");
        }
    }

    private static string ReadOrMakeId(string dataDirectory)
    {
        var path = Path.Combine(dataDirectory, "instance");
        if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: 8 } id && id.All(char.IsAsciiHexDigitLower))
        {
            return id;
        }

        id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        AtomicFile.Replace(path, Encoding.ASCII.GetBytes(id + "\n"));
        return id;
    }
}
