using Naru.Builds.Caching;
using Naru.Builds.Dockerfiles;
using Naru.Builds.Stages;
using Naru.Core.Images;

namespace Naru.Builds.Steps;

/// <summary>The mounts of one RUN, understood; opened only when the command really runs.</summary>
internal sealed class PreparedMounts(
    BuildJob job, StageState state, ISnapshots snapshots, CacheMounts caches, BuildDirectories directories, SshForwarder forwarder) : IAsyncDisposable
{
    private readonly List<(RunMount Mount, FromSource? From)> _mounts = [];

    /// <summary>What the command's result depends on.</summary>
    public List<string> Facts { get; } = [];

    public void Add(RunMount mount, FromSource? from, string fact)
    {
        _mounts.Add((mount, from));
        Facts.Add(fact);
    }

    public async Task<LiveMounts> OpenAsync(RunScript? script, CancellationToken cancellationToken)
    {
        var live = new LiveMounts(job, state, snapshots, caches, directories, forwarder);
        try
        {
            foreach (var (mount, from) in _mounts)
            {
                await live.AddAsync(mount, from, cancellationToken);
            }

            if (script is not null)
            {
                live.AddScript(script);
            }

            return live;
        }
        catch
        {
            await live.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
