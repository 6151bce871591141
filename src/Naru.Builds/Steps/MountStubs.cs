using Naru.Core.Images;
using Naru.Linux.Files;

namespace Naru.Builds.Steps;

/// <summary>
/// Mounting something into a container leaves an empty file or directory at the place, and in the layer if nobody takes it away.
/// Remembers which places were not there before, and removes what is still empty afterwards.
/// </summary>
internal sealed class MountStubs : IAsyncDisposable
{
    /// <summary>Where every container gets something.</summary>
    private static readonly string[] Always =
    [
        "etc/hosts", "etc/hostname", "etc/resolv.conf", ".dockerenv", "dev/console", "dev/shm", "dev/pts", "dev/mqueue", "dev", "proc", "sys", "etc", "run/secrets",
    ];

    private readonly ISnapshots _snapshots;
    private readonly string _key;
    private readonly RootedDirectory _root;
    private readonly List<string> _missing = [];

    private MountStubs(ISnapshots snapshots, string key, string path)
    {
        (_snapshots, _key) = (snapshots, key);
        _root = RootedDirectory.Open(path);
    }

    public static async Task<MountStubs> WatchAsync(ISnapshots snapshots, string key, IEnumerable<string> targets, CancellationToken cancellationToken)
    {
        var stubs = new MountStubs(snapshots, key, await snapshots.MountAsync(key, cancellationToken));
        foreach (var target in targets.Concat(Always))
        {
            stubs.Remember(target.Trim('/'));
        }

        return stubs;
    }

    /// <summary>Takes away what is still empty, the deepest first.</summary>
    public void Remove()
    {
        foreach (var path in _missing.OrderByDescending(p => p.Length))
        {
            if (_root.TryStat(path, follow: false) is not { } status)
            {
                continue;
            }

            if (status.IsDirectory ? _root.List(path).Count == 0 : status.IsRegular && status.Size == 0)
            {
                _root.Remove(path);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _root.Dispose();
        await _snapshots.UnmountAsync(_key, CancellationToken.None);
    }

    private void Remember(string path)
    {
        // Also the directories above that have to be made for it.
        for (var at = path; at.Length > 0; at = at.LastIndexOf('/') is var slash and >= 0 ? at[..slash] : "")
        {
            if (_root.TryStat(at, follow: false) is not null)
            {
                return;
            }

            if (!_missing.Contains(at))
            {
                _missing.Add(at);
            }
        }
    }
}
