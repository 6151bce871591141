using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Naru.Agent.Nodes;
using Naru.Core.Errors;
using Naru.Core.Lifetime;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Agent.Static;

/// <summary>Pods that files in a directory of this node ask for. The cluster sees a mirror of each; deleting the mirror changes nothing, taking the file away ends the pod.</summary>
internal sealed partial class StaticPods(IObjects objects, NodeIdentity identity, EngineDirectories directories, AgentOptions options, TimeProvider time, ILogger<StaticPods> logger)
{
    private static readonly WriteOptions Write = new() { FieldManager = "kubelet" };
    private readonly ConcurrentDictionary<string, StaticPodFile> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _broken = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private bool _hasLooked;

    /// <summary>Told of a pod to work on, and of one that is none any more.</summary>
    public event Action<string, MapValue?>? Changed;

    /// <summary>Identities of the pods that files ask for.</summary>
    public IEnumerable<string> Uids => _files.Values.Select(static one => one.Uid);

    /// <summary>Where the files are.</summary>
    public string Root => options.StaticPods.Length > 0 ? options.StaticPods : directories.DataPath("agent", "manifests");

    /// <summary>Looks at the directory again and again.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.StaticPodInterval, time);
        do
        {
            await LookAsync(cancellationToken);
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>Reads the directory once, without telling the cluster.</summary>
    public void Read()
    {
        lock (_lock)
        {
            var there = new HashSet<string>(StringComparer.Ordinal);
            IEnumerable<string> paths = Directory.Exists(Root) ? Directory.EnumerateFiles(Root).Where(IsManifest).Order(StringComparer.Ordinal) : [];
            foreach (var path in paths)
            {
                Read(path, there);
            }

            foreach (var gone in _files.Keys.Where(path => !there.Contains(path)).ToList())
            {
                _files.TryRemove(gone, out _);
            }

            _broken.IntersectWith(there);
        }
    }

    /// <summary>A pod of the cluster that mirrors one of this node: changed, or (null) deleted.</summary>
    public void Mirror(MapValue pod, bool isGone)
    {
        if (!isGone && _files.Values.FirstOrDefault(one => one.IsShownBy(pod)) is { } file && file.Namespace == pod.Text("metadata", "namespace"))
        {
            Changed?.Invoke(file.Uid, file.Work(pod));
        }
    }

    /// <summary>Brings the cluster's mirrors in line with the files.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var before = Uids.ToHashSet(StringComparer.Ordinal);
        Read();
        foreach (var gone in before.Except(Uids))
        {
            Changed?.Invoke(gone, null);
        }

        if (_hasLooked && before.Count == 0 && _files.IsEmpty)
        {
            return;
        }

        _hasLooked = true;
        foreach (var mirror in objects.List(AgentResources.Pods).Select(static one => one.Tree).Where(IsMirrorHere))
        {
            var shown = _files.Values.FirstOrDefault(one => one.IsShownBy(mirror));
            if (shown is null || mirror.Map("metadata")!.Has("deletionTimestamp"))
            {
                await TryAsync(() => objects.DeleteAsync(
                    AgentResources.Pods, mirror.Text("metadata", "namespace")!, mirror.Text("metadata", "name")!, new DeleteOptions { GracePeriodSeconds = 0, Uid = mirror.Text("metadata", "uid") }, cancellationToken));
            }
        }

        foreach (var file in _files.Values)
        {
            if (objects.Get(AgentResources.Pods, file.Namespace, file.Name) is { } there)
            {
                Mirror(there.Tree, isGone: false);
                continue;
            }

            await TryAsync(() => objects.CreateAsync(AgentResources.Pods, file.Body.CloneMap(), Write, cancellationToken));
        }
    }

    /// <summary>A pod of the cluster that shows one of this node's files.</summary>
    public bool IsMirrorHere(MapValue pod) =>
        pod.Text("spec", "nodeName") == identity.Name && pod.Text("metadata", "annotations", StaticPodFile.MirrorAnnotation) is not null;

    private void Read(string path, HashSet<string> there)
    {
        there.Add(path);
        try
        {
            var file = StaticPodFile.Read(path, File.ReadAllBytes(path), identity.Name, time.GetUtcNow());
            if (!_files.TryGetValue(path, out var known) || known.Uid != file.Uid)
            {
                _files[path] = file;
            }

            _broken.Remove(path);
        }
        catch (Exception failure) when (failure is NaruException or IOException or UnauthorizedAccessException)
        {
            // What ran stays until the file says something else that can be read.
            if (_broken.Add(path))
            {
                LogBroken(path, failure.Message);
            }
        }
    }

    private static bool IsManifest(string path) => !Path.GetFileName(path).StartsWith('.') && (Path.GetExtension(path) is ".yaml" or ".yml" or ".json");

    private async Task TryAsync(Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (NaruException failure)
        {
            LogNotShown(failure.Message);
        }
    }

    [LoggerMessage(17900, LogLevel.Warning, "The pod in {Path} cannot be read: {Problem}")]
    private partial void LogBroken(string path, string problem);

    [LoggerMessage(17901, LogLevel.Information, "The mirror of a static pod could not be written now: {Problem}")]
    private partial void LogNotShown(string problem);
}
