using System.Collections.Immutable;
using Naru.Builds.Dockerfiles;
using Naru.Core.Builds;
using Naru.Core.Images;
using Naru.Builds.Contexts;

namespace Naru.Builds.Stages;

/// <summary>All that one build knows.</summary>
internal sealed class BuildJob : IDisposable
{
    private readonly List<IDisposable> _held = [];
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    public required BuildRequest Request { get; init; }

    public required Dockerfile File { get; init; }

    public required BuildArguments Arguments { get; init; }

    public required Platform Host { get; init; }

    public required Platform Target { get; init; }

    public required StepBook Steps { get; init; }

    public required IBuildProgress Progress { get; init; }

    /// <summary>The files of the main context.</summary>
    public required ContextAccess Context { get; init; }

    public bool Classic => Request.Classic;

    /// <summary>Only images of <c>--cache-from</c> count as cache, even when none of them is here (classic).</summary>
    public bool OnlyCacheFrom => Request is { Classic: true, CacheFrom.IsEmpty: false };

    /// <summary>Images whose histories may be taken over (classic).</summary>
    public ImmutableArray<Image> CacheFrom { get; init; } = [];

    /// <summary>Keeps something until the build's result is let go.</summary>
    public void Keep(IDisposable held)
    {
        lock (_held)
        {
            _held.Add(held);
        }
    }

    /// <summary>Cache records this build stands on.</summary>
    public bool Use(string record)
    {
        lock (_used)
        {
            return _used.Add(record);
        }
    }

    public bool IgnoresCache(string stage) =>
        Request.NoCache && (Request.NoCacheStages.IsEmpty || Request.NoCacheStages.Contains(stage, StringComparer.OrdinalIgnoreCase));

    public void Dispose()
    {
        lock (_held)
        {
            for (var i = _held.Count - 1; i >= 0; i--)
            {
                _held[i].Dispose();
            }

            _held.Clear();
        }
    }
}
