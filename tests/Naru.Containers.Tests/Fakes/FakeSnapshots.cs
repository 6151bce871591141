using System.Collections.Concurrent;
using Naru.Core.Containers;
using Naru.Core.Images;
using Naru.Core.Units;

namespace Naru.Containers.Tests.Fakes;

/// <summary>Roots as plain directories: a busybox and the directories every image has.</summary>
public sealed class FakeSnapshots(string directory) : ISnapshots
{
    private static readonly string[] Commands =
        ["sh", "echo", "cat", "true", "false", "sleep", "yes", "head", "wc", "dd", "seq", "stty", "id", "env", "hostname", "mount", "ls", "kill", "touch", "grep", "tail", "pwd", "ulimit", "test", "stat", "mkdir", "trap", "date", "nproc", "ps", "readlink"];

    public ConcurrentDictionary<string, int> Mounts { get; } = new();

    public Task PrepareAsync(string key, LayerChain parent, ByteSize? limit, UserMapping? users, CancellationToken cancellationToken)
    {
        var root = PathOf(key);
        foreach (var name in (string[])["bin", "etc", "proc", "sys", "dev", "tmp", "home/user", "root"])
        {
            Directory.CreateDirectory(Path.Combine(root, name));
        }

        File.Copy("/bin/busybox", Path.Combine(root, "bin/busybox"), overwrite: true);
        foreach (var command in Commands)
        {
            File.CreateSymbolicLink(Path.Combine(root, "bin", command), "busybox");
        }

        File.WriteAllText(Path.Combine(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1001::/home/user:/bin/sh\n");
        File.WriteAllText(Path.Combine(root, "etc/group"), "root:x:0:root\nusers:x:1001:\naudio:x:29:user\n");
        return Task.CompletedTask;
    }

    public Task<string> MountAsync(string key, CancellationToken cancellationToken)
    {
        Mounts.AddOrUpdate(key, 1, static (_, count) => count + 1);
        return Task.FromResult(PathOf(key));
    }

    public Task UnmountAsync(string key, CancellationToken cancellationToken)
    {
        Mounts.TryRemove(key, out _);
        return Task.CompletedTask;
    }

    public Task<string> AdoptAsync(string key, CancellationToken cancellationToken) => MountAsync(key, cancellationToken);

    public Task RemoveAsync(string key, CancellationToken cancellationToken)
    {
        if (Directory.Exists(PathOf(key)))
        {
            Directory.Delete(PathOf(key), recursive: true);
        }

        return Task.CompletedTask;
    }

    public Task<long> UsageAsync(string key, CancellationToken cancellationToken) => Task.FromResult(0L);

    public SnapshotPaths PathsOf(string key) => new(PathOf(key), []);

    public Task<LayerChain> CommitAsync(string key, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<LayerChain> ApplyAsync(LayerChain parent, Stream layer, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IDisposable Hold(LayerChain chain) => throw new NotSupportedException();

    public Task SweepAsync(IReadOnlySet<string> wanted, CancellationToken cancellationToken)
    {
        foreach (var path in Directory.EnumerateDirectories(directory).Where(path => !wanted.Contains(Path.GetFileName(path))).ToList())
        {
            Directory.Delete(path, recursive: true);
        }

        return Task.CompletedTask;
    }

    private string PathOf(string key) => Path.Combine(directory, key);
}
