using System.Collections.Immutable;
using Naru.Core.Errors;
using Naru.Core.Containers;
using Naru.Core.Images;
using Naru.Core.Units;

namespace Naru.Dialects.Docker.Tests.Fakes;

internal sealed class FakeImages : IImages
{
    public static readonly Image Busybox = new()
    {
        Id = FakeContainers.ImageId,
        ConfigBytes = ReadOnlyMemory<byte>.Empty,
        Config = new ImageConfig { Command = ["sh"], Environment = ["PATH=/bin"] },
        Platform = new Platform { Os = "linux", Architecture = "amd64" },
        Layers = new LayerChain([new Digest("sha256:" + new string('c', 64))]),
        History = [new HistoryEntry { CreatedBy = "ADD file", Created = FakeContainers.Birth }, new HistoryEntry { CreatedBy = "CMD [\"sh\"]", EmptyLayer = true, Created = FakeContainers.Birth }],
        Created = FakeContainers.Birth,
        Tags = ["busybox:latest"],
        Digests = ["busybox@sha256:" + new string('d', 64)],
        Size = 100,
    };

    public List<Image> All { get; } = [Busybox];

    public List<string> Calls { get; } = [];

    public ImageDraft? Made { get; private set; }

    public ImmutableArray<Image> List() => [.. All];

    public Image Get(string reference) => Find(reference) ?? throw NaruException.NotFound($"No such image: {reference}");

    public Image Get(string reference, Platform? platform) => Get(reference);

    public Image? Find(string reference) => All.FirstOrDefault(image =>
        image.Id.Value == reference || image.Id.Hex.StartsWith(reference, StringComparison.Ordinal) || image.Tags.Contains(reference) || image.Tags.Contains(reference + ":latest"));

    public ImmutableArray<Image> Children(Digest id) => [.. All.Where(image => image.Parent == id)];

    public ImmutableArray<long> LayerSizes(Image image) => [.. image.Layers.DiffIds.Select(_ => 100L)];

    public Task TagAsync(string reference, ImageReference name, CancellationToken cancellationToken)
    {
        Calls.Add($"tag {reference} {name.Canonical}");
        return Task.CompletedTask;
    }

    public Task<ImmutableArray<ImageRemoval>> RemoveAsync(string reference, ImageRemoveOptions options, CancellationToken cancellationToken)
    {
        Calls.Add($"remove {reference} {options.Force}");
        return Task.FromResult<ImmutableArray<ImageRemoval>>([new ImageRemoval("busybox:latest", null), new ImageRemoval(null, FakeContainers.ImageId.Value)]);
    }

    public Task<ImagePruned> PruneAsync(bool all, Func<Image, bool> allowed, CancellationToken cancellationToken)
    {
        Calls.Add($"prune {all}");
        return Task.FromResult(new ImagePruned([], 7));
    }

    public Task<Image> CreateAsync(ImageDraft draft, IReadOnlyList<ImageReference> names, CancellationToken cancellationToken)
    {
        Made = draft;
        return Task.FromResult(Busybox with { Id = new Digest("sha256:" + new string('e', 64)), Config = draft.Config });
    }

    public async Task<ImmutableArray<Image>> LoadAsync(Stream archive, Platform? platform, IProgress<ImageProgress> progress, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(archive);
        if (await reader.ReadToEndAsync(cancellationToken) != "archive")
        {
            throw NaruException.Invalid("invalid tar header");
        }
        progress.Report(new ImageProgress("abc", "Loading layer", 1, 2));
        progress.Report(new ImageProgress("", "Loaded image: busybox:latest"));
        return [Busybox];
    }

    public Task SaveAsync(IReadOnlyList<string> references, Platform? platform, Stream destination, CancellationToken cancellationToken) =>
        destination.WriteAsync("archive"u8.ToArray(), cancellationToken).AsTask();

    public async Task<Image> ImportAsync(Stream rootFileSystem, ImageDraft template, ImageReference? name, CancellationToken cancellationToken)
    {
        await rootFileSystem.CopyToAsync(Stream.Null, cancellationToken);
        Made = template;
        return Busybox;
    }

    public void AddUser(IImageUser user)
    {
    }
}

internal sealed class FakeSnapshots : ISnapshots
{
    public Task PrepareAsync(string key, LayerChain parent, ByteSize? limit, UserMapping? users, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<string> MountAsync(string key, CancellationToken cancellationToken) => Task.FromResult("/root");

    public Task UnmountAsync(string key, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<string> AdoptAsync(string key, CancellationToken cancellationToken) => Task.FromResult("/root");

    public Task RemoveAsync(string key, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<long> UsageAsync(string key, CancellationToken cancellationToken) => Task.FromResult(0L);

    public SnapshotPaths PathsOf(string key) => new("/upper", []);

    public Task<LayerChain> CommitAsync(string key, CancellationToken cancellationToken) =>
        Task.FromResult(FakeImages.Busybox.Layers.Push(new Digest("sha256:" + new string('f', 64))));

    public Task<LayerChain> ApplyAsync(LayerChain parent, Stream layer, CancellationToken cancellationToken) => Task.FromResult(parent);

    public IDisposable Hold(LayerChain chain) => new MemoryStream();

    public Task SweepAsync(IReadOnlySet<string> wanted, CancellationToken cancellationToken) => Task.CompletedTask;
}

internal sealed class FakeRegistries : IRegistries
{
    public RegistryCredentials? Given { get; private set; }

    public Task<Pulled> PullAsync(ImageReference name, Platform? platform, RegistryCredentials? credentials, IProgress<ImageProgress> progress, CancellationToken cancellationToken)
    {
        Given = credentials;
        if (name.Repository == "library/nosuch")
        {
            throw NaruException.NotFound("pull access denied for nosuch, repository does not exist or may require 'docker login'");
        }
        progress.Report(new ImageProgress("aabbcc", "Downloading", 50, 100));
        if (name.Repository == "library/broken")
        {
            throw new NaruException(ErrorKind.Unavailable, "connection reset");
        }
        progress.Report(new ImageProgress("aabbcc", "Pull complete"));
        return Task.FromResult(new Pulled(FakeImages.Busybox, new Digest("sha256:" + new string('d', 64)), false));
    }

    public async Task<ImmutableArray<Pulled>> PullAllTagsAsync(ImageReference repository, Platform? platform, RegistryCredentials? credentials, IProgress<ImageProgress> progress, CancellationToken cancellationToken) =>
        [await PullAsync(repository, platform, credentials, progress, cancellationToken)];

    public Task<Pushed> PushAsync(ImageReference name, Platform? platform, RegistryCredentials? credentials, IProgress<ImageProgress> progress, CancellationToken cancellationToken)
    {
        progress.Report(new ImageProgress("aabbcc", "Pushed"));
        return Task.FromResult(new Pushed(name.Tag!, new Digest("sha256:" + new string('d', 64)), 527));
    }

    public Task<ImmutableArray<Pushed>> PushAllTagsAsync(ImageReference repository, RegistryCredentials? credentials, IProgress<ImageProgress> progress, CancellationToken cancellationToken) =>
        Task.FromResult<ImmutableArray<Pushed>>([]);

    public Task<Distribution> ResolveAsync(ImageReference name, RegistryCredentials? credentials, CancellationToken cancellationToken) =>
        Task.FromResult(new Distribution("application/vnd.oci.image.index.v1+json", new Digest("sha256:" + new string('d', 64)), 9, [FakeImages.Busybox.Platform]));

    public Task<string> LogInAsync(RegistryCredentials credentials, CancellationToken cancellationToken) => credentials.Password == "right"
        ? Task.FromResult("")
        : throw new NaruException(ErrorKind.Unauthenticated, "unauthorized: incorrect username or password");

    public Task<ImmutableArray<SearchHit>> SearchAsync(string term, int limit, RegistryCredentials? credentials, CancellationToken cancellationToken) =>
        Task.FromResult<ImmutableArray<SearchHit>>([new SearchHit("busybox", "small", 100, true, false), new SearchHit("me/busybox", "mine", 1, false, false)]);
}
