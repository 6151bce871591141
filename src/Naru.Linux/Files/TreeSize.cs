namespace Naru.Linux.Files;

/// <summary>What a tree takes.</summary>
/// <param name="Bytes">Sum of the files' sizes as docker counts them: a file with several names once, directories not.</param>
/// <param name="Allocated">Space on disk in bytes, directories included.</param>
/// <param name="Files">Names in the tree, the top not counted.</param>
public readonly record struct TreeSize(long Bytes, long Allocated, long Files)
{
    /// <summary>Walks the tree without following links or entering other file systems. Names that vanish meanwhile are left out.</summary>
    public static TreeSize Measure(string path, CancellationToken cancellationToken)
    {
        using var root = AtCalls.Open(FileCalls.AtCurrent, path, OpenFlags.ReadOnly | OpenFlags.Directory);
        var top = AtCalls.Stat((int)root.DangerousGetHandle(), "");
        var walk = new Walk(top.FileSystem, cancellationToken);
        walk.Enter((int)root.DangerousGetHandle());
        return new(walk.Bytes, walk.Allocated + top.Allocated, walk.Files);
    }

    private sealed class Walk(DeviceNumber fileSystem, CancellationToken cancellationToken)
    {
        private readonly HashSet<ulong> _linked = [];

        internal long Bytes { get; private set; }

        internal long Allocated { get; private set; }

        internal long Files { get; private set; }

        internal void Enter(int directory)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var entry in DirectoryReader.Read(directory, "directory"))
            {
                if (!AtCalls.TryStat(directory, entry.Name, out var status, out _) || status.FileSystem != fileSystem)
                {
                    continue;
                }

                Files++;
                if (status.IsDirectory)
                {
                    Allocated += status.Allocated;
                    EnterChild(directory, entry.Name);
                }
                else if (status.Links == 1 || _linked.Add(status.Inode))
                {
                    Bytes += status.Size;
                    Allocated += status.Allocated;
                }
            }
        }

        private void EnterChild(int directory, string name)
        {
            var descriptor = AtCalls.TryOpen(directory, name, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow, 0);
            if (descriptor < 0)
            {
                return;
            }

            using var child = new Microsoft.Win32.SafeHandles.SafeFileHandle(descriptor, ownsHandle: true);
            Enter(descriptor);
        }
    }
}
