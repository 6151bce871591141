using Microsoft.Extensions.Logging;
using Naru.Access.Tokens;
using Naru.Core.Errors;
using Naru.Core.Lifetime;
using Naru.Core.Stores;

namespace Naru.Access.Certificates;

/// <summary>Where several servers share a store they share in it what others trust them by: the three authorities and the keys of tokens. Whoever comes first writes its own; the files of a server are its copy.</summary>
internal sealed partial class SharedTrust(IStore store, EngineDirectories directories, SigningKeys keys, TimeProvider time, ILogger<SharedTrust> logger) : IEngineStage, IDisposable
{
    internal const string Prefix = "/pki/";

    private const string KeyPrefix = Prefix + "service-accounts/";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly BackgroundLoops _loops = new();
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>After the store, before anybody asks for a certificate.</summary>
    public int Order => 805;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var (file, name) in ClusterPki.Authorities)
        {
            await AgreeAsync(file, name, cancellationToken);
        }

        if ((await KeysAsync(cancellationToken)).Entries.IsEmpty)
        {
            // Lost to another server if that was quicker: then its keys are taken over.
            await store.CommitAsync(new StoreTransaction { Conditions = [new(KeyPrefix, 0)], Writes = [new(KeyPrefix, "1"u8.ToArray()), .. keys.Files().Select(static one => new StoreWrite(KeyPrefix + one.Key, one.Value))] }, cancellationToken);
        }

        await PullAsync(cancellationToken);
        _loops.Start(FollowAsync);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _loops.StopAsync(cancellationToken);

    /// <summary>Makes a new key for tokens where the newest is too old; all servers sign with it as soon as they hear of it.</summary>
    public async Task RotateAsync(CancellationToken cancellationToken)
    {
        if (!keys.IsDue)
        {
            return;
        }

        // Another server may have made it, and this one may not have heard of that yet.
        var standing = (await KeysAsync(cancellationToken)).Entries;
        var files = FilesIn(standing);
        if (keys.IsDueAmong(files.Keys))
        {
            var writes = keys.Next(files).Select(static one => new StoreWrite(KeyPrefix + one.Key, one.Value is null ? null : (ReadOnlyMemory<byte>)one.Value));
            await store.CommitAsync(new StoreTransaction { Conditions = [.. standing.Select(static one => new StoreCondition(one.Key, one.Modified))], Writes = [.. writes] }, cancellationToken);
        }

        await PullAsync(cancellationToken);
    }

    public void Dispose()
    {
        _loops.Dispose();
        _one.Dispose();
    }

    private static Dictionary<string, byte[]> FilesIn(IEnumerable<StoreEntry> entries) =>
        entries.Where(static one => one.Key.Length > KeyPrefix.Length).ToDictionary(static one => one.Key[KeyPrefix.Length..], static one => one.Value.ToArray());

    private Task<StoreRange> KeysAsync(CancellationToken cancellationToken) => store.RangeAsync(KeyPrefix, StoreKeys.EndOf(KeyPrefix), 0, 0, cancellationToken);

    private async Task AgreeAsync(string file, string name, CancellationToken cancellationToken)
    {
        var path = directories.DataPath("pki", file);
        var key = Prefix + file;
        while (true)
        {
            var found = await store.RangeAsync(key, key + "\0", 1, 0, cancellationToken);
            if (found.Entries is [var shared])
            {
                Take(path, shared.Value.Span);
                return;
            }

            CertificateAuthority.LoadOrMake(path, name, time).Dispose();
            var own = await File.ReadAllBytesAsync(path, cancellationToken);
            if ((await store.CommitAsync(new StoreTransaction { Conditions = [new(key, 0)], Writes = [new(key, own)] }, cancellationToken)).Succeeded)
            {
                return;
            }
        }
    }

    private void Take(string path, ReadOnlySpan<byte> shared)
    {
        if (File.Exists(path))
        {
            if (shared.SequenceEqual(File.ReadAllBytes(path)))
            {
                return;
            }

            File.Move(path, path + ".before", overwrite: true);
            LogReplaced(path);
        }

        PrivateFile.Replace(path, shared);
    }

    private async Task<long> PullAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var range = await KeysAsync(cancellationToken);
            keys.Adopt(FilesIn(range.Entries));
            return range.Revision;
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var revision = await PullAsync(cancellationToken);
                await foreach (var _ in store.WatchAsync(KeyPrefix, revision, cancellationToken))
                {
                    await PullAsync(cancellationToken);
                }
            }
            catch (NaruException failure)
            {
                LogNotFollowed(failure.Message);
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    [LoggerMessage(11040, LogLevel.Warning, "{Path} was another authority than the other servers on this store have; it is kept as .before")]
    private partial void LogReplaced(string path);

    [LoggerMessage(11041, LogLevel.Warning, "the keys of tokens that servers share cannot be followed: {Reason}")]
    private partial void LogNotFollowed(string reason);
}
