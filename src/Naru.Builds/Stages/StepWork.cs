using Naru.Builds.Caching;
using Naru.Builds.Copying;
using Naru.Core.Builds;
using Naru.Core.Containers;
using Naru.Core.Images;

namespace Naru.Builds.Stages;

/// <summary>What a step that was carried out gave.</summary>
/// <param name="Layers">The layers after it.</param>
/// <param name="Size">Bytes it wrote.</param>
/// <param name="Container">Container it ran in.</param>
internal sealed record StepResult(LayerChain Layers, long Size, ContainerId? Container = null);

/// <summary>Carries steps out once: looks into the cache, works, puts the result there; two builds never do the same step at the same time.</summary>
internal sealed class StepWork(StepCache cache, IImages images, ISnapshots snapshots, TimeProvider time)
{
    /// <summary>Diff id of a layer without any entry: the digest of a tar that is only its end.</summary>
    private static readonly Digest EmptyLayer = Digest.Of(new byte[1024]);

    /// <summary>Does a step that may make a layer.</summary>
    /// <param name="job">The build.</param>
    /// <param name="stage">Name of the stage.</param>
    /// <param name="before">State before.</param>
    /// <param name="after">State after but for layers, history and image.</param>
    /// <param name="facts">All that the result depends on beside the layers below.</param>
    /// <param name="text">Line of history; null: none.</param>
    /// <param name="work">Does it; null: the step changes no file.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<(StageState State, BuildStepOutcome Outcome)> DoAsync(
        BuildJob job, string stage, StageState before, StageState after, IEnumerable<string> facts, string? text,
        Func<CancellationToken, Task<StepResult>>? work, CancellationToken cancellationToken)
    {
        if (work is null && !job.Classic)
        {
            return (AddHistory(job, after, text, after.Created, empty: true), new BuildStepOutcome());
        }

        var key = KeyOf(job, before, after, facts, text);
        using var alone = await cache.Locks.TakeAsync(key.Hex, cancellationToken);
        if (!job.IgnoresCache(stage) && ((job.OnlyCacheFrom ? null : FindCached(job, key, after, text)) ?? await FindForeignAsync(job, before, after, text, cancellationToken)) is { } hit)
        {
            Hold(job, key, hit.Layers);
            return (hit, new BuildStepOutcome { Cached = true, ImageId = job.Classic ? hit.Image : null });
        }

        var result = work is null ? new StepResult(before.Layers, 0) : await work(cancellationToken);
        var now = time.GetUtcNow();
        var empty = work is null || result.Layers.Equals(before.Layers) || (job.Classic && result.Layers.DiffIds[^1] == EmptyLayer);
        var state = AddHistory(job, after with { Layers = empty ? before.Layers : result.Layers }, text, now, empty);
        job.Keep(snapshots.Hold(state.Layers));
        if (job.Classic)
        {
            state = await CommitAsync(state, cancellationToken);
        }

        cache.Add(Record(job, key, before, state, text ?? "", result.Size, now, empty));
        Hold(job, key, state.Layers);
        return (state, new BuildStepOutcome { ImageId = job.Classic ? state.Image : null });
    }

    private static Digest KeyOf(BuildJob job, StageState before, StageState after, IEnumerable<string> facts, string? text) => CopyDigest.OfTexts(
    [
        // The classic builder's steps are images: what they were made from is part of them.
        job.Classic ? $"classic {before.Image?.Value} {text}" : "layer",
        before.Layers.ChainId?.Value ?? "scratch",
        after.Platform.ToString(),
        .. facts,
    ]);

    private StageState? FindCached(BuildJob job, Digest key, StageState after, string? text)
    {
        if (cache.Find(key) is not { } record)
        {
            return null;
        }

        if (job.Classic)
        {
            return record.Image is not null && images.Find(record.Image) is { } image
                ? after with { Layers = image.Layers, History = image.History, Image = image.Id, Created = image.Created }
                : null;
        }

        return record.Layers is null ? null
            : AddHistory(job, after with { Layers = StepCache.ChainOf(record.Layers) }, text, record.Created, record.Empty);
    }

    /// <summary>A step of an image of <c>--cache-from</c>: the same history up to here and the same next line.</summary>
    private async Task<StageState?> FindForeignAsync(BuildJob job, StageState before, StageState after, string? text, CancellationToken cancellationToken)
    {
        foreach (var image in job.CacheFrom)
        {
            var at = before.History.Length;
            if (image.History.Length <= at || image.History[at].CreatedBy != text
                || !image.History.Take(at).Select(h => h.CreatedBy).SequenceEqual(before.History.Select(h => h.CreatedBy)))
            {
                continue;
            }

            var count = before.Layers.DiffIds.Length;
            if (!image.Layers.DiffIds.Take(count).SequenceEqual(before.Layers.DiffIds) || (!image.History[at].EmptyLayer && image.Layers.DiffIds.Length <= count))
            {
                continue;
            }

            var layers = image.History[at].EmptyLayer ? before.Layers : before.Layers.Push(image.Layers.DiffIds[count]);
            var state = after with { Layers = layers, History = before.History.Add(image.History[at]), Created = image.History[at].Created };
            return await CommitAsync(state, cancellationToken);
        }

        return null;
    }

    private static StageState AddHistory(BuildJob job, StageState state, string? text, DateTimeOffset? at, bool empty)
    {
        if (text is null)
        {
            return state;
        }

        var entry = new HistoryEntry
        {
            Created = at,
            CreatedBy = text,
            Author = job.Classic ? state.Author : "",
            Comment = job.Classic ? "" : HistoryText.BuildKitComment,
            EmptyLayer = empty,
        };
        return state with { History = state.History.Add(entry), Created = at > state.Created || state.Created is null ? at : state.Created };
    }

    private async Task<StageState> CommitAsync(StageState state, CancellationToken cancellationToken)
    {
        var image = await images.CreateAsync(DraftOf(state), [], cancellationToken);
        return state with { Image = image.Id };
    }

    /// <summary>The image that a state stands for.</summary>
    public static ImageDraft DraftOf(StageState state) => new()
    {
        Config = state.Config,
        Platform = state.Platform,
        Layers = state.Layers,
        History = state.History,
        Created = state.Created,
        Author = state.Author,
        Parent = state.Image,
    };

    private void Hold(BuildJob job, Digest key, LayerChain layers)
    {
        if (job.Use(key.Hex))
        {
            job.Keep(cache.Use(key.Hex));
            job.Keep(snapshots.Hold(layers));
        }
    }

    private static CacheRecordFile Record(BuildJob job, Digest key, StageState before, StageState state, string text, long size, DateTimeOffset now, bool empty) => new()
    {
        Key = key.Hex,
        Description = text,
        Layers = job.Classic ? null : [.. state.Layers.DiffIds.Select(d => d.Value)],
        Image = job.Classic ? state.Image!.Value.Value : null,
        Parents = before.Step is { } parent ? [parent.Hex] : [],
        Size = size,
        Created = now,
        LastUsed = now,
        UsageCount = 1,
        Empty = empty,
    };
}
