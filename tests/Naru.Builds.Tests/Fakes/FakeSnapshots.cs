using System.Text;
using Naru.Core.Errors;
using Naru.Core.Containers;
using Naru.Core.Images;
using Naru.Core.Units;

namespace Naru.Builds.Tests.Fakes;

/// <summary>Layers as whole trees in directories: a root is a copy of what lies below, a layer a copy of the root.</summary>
internal sealed class FakeSnapshots(string directory) : ISnapshots
{
    private readonly Dictionary<string, LayerChain> _roots = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    public int Commits { get; private set; }

    public int Held { get; private set; }

    public IReadOnlyCollection<string> Keys => _roots.Keys;

    public LayerChain Add(params (string Path, string Content)[] files)
    {
        var tree = Path.Combine(directory, Guid.NewGuid().ToString("N"));
        foreach (var (path, content) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(tree, path))!);
            File.WriteAllText(Path.Combine(tree, path), content);
        }

        return Take(tree, LayerChain.Empty);
    }

    public Task PrepareAsync(string key, LayerChain parent, ByteSize? limit, UserMapping? users, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Directory.CreateDirectory(PathOf(key));
            Copy(TreeOf(parent), PathOf(key));
            _roots[key] = parent;
        }

        return Task.CompletedTask;
    }

    public Task<string> MountAsync(string key, CancellationToken cancellationToken) => Task.FromResult(PathOf(key));

    public Task UnmountAsync(string key, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<string> AdoptAsync(string key, CancellationToken cancellationToken) => MountAsync(key, cancellationToken);

    public Task RemoveAsync(string key, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _roots.Remove(key);
            if (Directory.Exists(PathOf(key)))
            {
                Directory.Delete(PathOf(key), recursive: true);
            }
        }

        return Task.CompletedTask;
    }

    public Task<long> UsageAsync(string key, CancellationToken cancellationToken) => Task.FromResult(1L);

    public SnapshotPaths PathsOf(string key) => new(PathOf(key), []);

    public Task<LayerChain> CommitAsync(string key, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Commits++;
            var tree = Path.Combine(directory, Guid.NewGuid().ToString("N"));
            Copy(PathOf(key), tree);
            return Task.FromResult(Take(tree, _roots[key]));
        }
    }

    public Task<LayerChain> ApplyAsync(LayerChain parent, Stream layer, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IDisposable Hold(LayerChain chain)
    {
        lock (_lock)
        {
            _ = TreeOf(chain);
            Held++;
            return new Lease(this);
        }
    }

    public Task SweepAsync(IReadOnlySet<string> wanted, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The files of a chain, <c>path=content</c>.</summary>
    public string Show(LayerChain chain)
    {
        var tree = TreeOf(chain);
        return string.Join(' ', Directory.EnumerateFiles(tree, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(f => $"{Path.GetRelativePath(tree, f)}={File.ReadAllText(f).Trim()}"));
    }

    private LayerChain Take(string tree, LayerChain below)
    {
        var chain = below.Push(Digest.Of(Encoding.UTF8.GetBytes($"{below.ChainId} {string.Join('|', Directory.EnumerateFileSystemEntries(tree, "*", SearchOption.AllDirectories).Select(p => Path.GetRelativePath(tree, p) + (File.Exists(p) ? File.ReadAllText(p) : "/")).Order(StringComparer.Ordinal))}")));
        var target = Path.Combine(directory, "chain-" + chain.ChainId!.Value.Hex);
        if (!Directory.Exists(target))
        {
            Directory.Move(tree, target);
        }

        return chain;
    }

    private string TreeOf(LayerChain chain)
    {
        var path = Path.Combine(directory, "chain-" + (chain.ChainId?.Hex ?? "scratch"));
        if (chain.ChainId is null)
        {
            Directory.CreateDirectory(path);
        }

        return Directory.Exists(path) ? path : throw NaruException.NotFound($"layer does not exist: {chain.ChainId}");
    }

    private string PathOf(string key) => Path.Combine(directory, "root-" + key);

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var path in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, path)));
        }

        foreach (var path in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            File.Copy(path, Path.Combine(to, Path.GetRelativePath(from, path)), overwrite: true);
        }
    }

    private sealed class Lease(FakeSnapshots snapshots) : IDisposable
    {
        public void Dispose()
        {
            lock (snapshots._lock)
            {
                snapshots.Held--;
            }
        }
    }
}
