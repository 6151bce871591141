using Naru.Core.Lifetime;
using Naru.Linux.Files;

namespace Naru.Containers.Logs;

/// <summary>
/// Rotates one log. The file first gets its second name, PATH.1, and then the monitor is asked for a new file, which it renames over
/// PATH: at no moment is a byte without a name, and a crash between the steps leaves one file under two names.
/// </summary>
internal sealed class LogRotator(LogChains chains, EngineDirectories directories, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Rotates and drops the oldest. False when no monitor listens (the container has ended).</summary>
    internal async Task<bool> RotateAsync(string container, string path, int maxFiles, CancellationToken cancellationToken)
    {
        var chain = chains.Acquire(path);
        try
        {
            await chain.Gate.WaitAsync(cancellationToken);
            try
            {
                return await RotateAsync(chain, directories.RunPath("containers", container, "ctl"), maxFiles, cancellationToken);
            }
            finally
            {
                chain.Gate.Release();
            }
        }
        finally
        {
            chains.Release(chain);
        }
    }

    private async Task<bool> RotateAsync(LogChain chain, string control, int maxFiles, CancellationToken cancellationToken)
    {
        if (FileStatus.TryOf(chain.Path) is not { } before)
        {
            return false;
        }

        // 1. Followers take hold of all files, since some may go.
        foreach (var follower in chain.Followers)
        {
            follower.Pin();
        }

        // 2. Make room, unless a crash stopped an earlier rotation right after its link.
        using var directory = RootedDirectory.Open(Path.GetDirectoryName(chain.Path)!);
        var name = Path.GetFileName(chain.Path);
        if (directory.TryStat(LogFiles.NameOf(name, 1), follow: false) is not { } previous || !previous.IsSameFile(before))
        {
            Shift(directory, chain.Path, maxFiles);
            if (maxFiles > 1)
            {
                directory.CreateHardLink(LogFiles.NameOf(name, 1), name);
            }
        }

        // 3. Ask for a new file (message 2 of the monitor's control pipe) and wait until it is there.
        if (!Fifo.TryWrite(control, "2 0 0\n"u8))
        {
            return false;
        }

        var begun = time.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1), time);
        while (FileStatus.TryOf(chain.Path) is { } now && now.IsSameFile(before) && time.GetElapsedTime(begun) < Patience)
        {
            await timer.WaitForNextTickAsync(cancellationToken);
        }

        return true;
    }

    private static void Shift(RootedDirectory directory, string path, int maxFiles)
    {
        var name = Path.GetFileName(path);
        foreach (var number in Enumerable.Reverse(LogFiles.Rotated(path)))
        {
            if (number >= maxFiles - 1)
            {
                directory.Remove(LogFiles.NameOf(name, number));
            }
            else
            {
                directory.Rename(LogFiles.NameOf(name, number), LogFiles.NameOf(name, number + 1));
            }
        }
    }
}
