using System.Net;
using System.Security.Cryptography;
using Naru.Builds.Patterns;
using Naru.Core.Builds;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Linux.Archives;
using Naru.Linux.Files;

namespace Naru.Builds.Contexts;

/// <summary>Fetches what lies on web servers and in git repositories.</summary>
internal sealed class RemoteFetcher(BuildDirectories directories, ContextReceiver receiver, GitFetcher git) : IDisposable
{
    private const int DockerfileLimit = 16 * 1024 * 1024;
    private readonly HttpClient _http = new(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None }) { Timeout = Timeout.InfiniteTimeSpan };

    public static bool IsRemote(string source) => IsWeb(source) || GitAddress.TryParse(source) is not null;

    private static bool IsWeb(string source) =>
        source.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || source.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    /// <summary>Fetches a whole context.</summary>
    public async Task<IBuildContext> FetchContextAsync(string remote, CancellationToken cancellationToken)
    {
        var directory = directories.NewContext();
        try
        {
            if (GitAddress.TryParse(remote) is { } address)
            {
                await git.CloneAsync(address, directory, keepGitDirectory: false, cancellationToken);
                return new DirectoryContext(directory, SubdirectoryOf(directory, address.Directory));
            }

            if (!IsWeb(remote))
            {
                throw NaruException.Invalid($"unable to detect remote context: {remote}");
            }

            var file = Path.Combine(directory, "download");
            await DownloadAsync(remote, file, cancellationToken);
            return await OpenDownloadAsync(directory, file, cancellationToken);
        }
        catch
        {
            DirectoryContext.Remove(directory);
            throw;
        }
    }

    /// <summary>Fetches what ADD names. Returns the file's name; null: a tree.</summary>
    public async Task<string?> FetchForAddAsync(string url, string directory, string checksum, bool keepGit, string target, CancellationToken cancellationToken)
    {
        if (GitAddress.TryParse(url) is { } address)
        {
            if (checksum.Length > 0)
            {
                throw new BuildException("checksum can't be specified for Git sources");
            }

            await git.CloneAsync(address, directory, keepGit, cancellationToken);
            return null;
        }

        if (checksum.Length > 0 && !Digest.TryParse(checksum, out _))
        {
            throw new BuildException($"invalid checksum digest format: {checksum}");
        }

        var name = NameFor(url, target);
        var path = Path.Combine(directory, name);
        var digest = await DownloadAsync(url, path, cancellationToken);
        return checksum.Length == 0 || digest.Value == checksum ? name
            : throw new BuildException($"digest mismatch {digest.Value}: {checksum}");
    }

    public void Dispose() => _http.Dispose();

    private async Task<IBuildContext> OpenDownloadAsync(string directory, string file, CancellationToken cancellationToken)
    {
        var start = new byte[512];
        int length;
        await using (var stream = File.OpenRead(file))
        {
            length = await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken);
        }

        var isArchive = Decompressor.Sniff(start.AsSpan(0, length)) != CompressionKind.None || (length > 262 && start.AsSpan(257, 5).SequenceEqual("ustar"u8));
        if (!isArchive)
        {
            var text = new FileInfo(file).Length <= DockerfileLimit ? await File.ReadAllTextAsync(file, cancellationToken) : throw NaruException.Invalid("the Dockerfile is too large");
            File.Delete(file);
            return new DirectoryContext(directory, directory, text);
        }

        var root = Path.Combine(directory, "root");
        Directory.CreateDirectory(root);
        await using (var stream = File.OpenRead(file))
        {
            await receiver.UnpackAsync(stream, root, cancellationToken);
        }

        File.Delete(file);
        return new DirectoryContext(directory, root);
    }

    private async Task<Digest> DownloadAsync(string url, string path, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.GetAsync(new Uri(url), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw new BuildException($"failed to GET {url} with status {(int)response.StatusCode} {response.ReasonPhrase}: ");
            }

            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            await using (var body = await response.Content.ReadAsStreamAsync(cancellationToken))
            await using (var file = new FileStream(path, FileMode.CreateNew))
            {
                var buffer = new byte[128 * 1024];
                int count;
                while ((count = await body.ReadAsync(buffer, cancellationToken)) > 0)
                {
                    hash.AppendData(buffer, 0, count);
                    await file.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
                }
            }

            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.SetLastWriteTimeUtc(path, (response.Content.Headers.LastModified ?? DateTimeOffset.UnixEpoch).UtcDateTime);
            return Digest.FromHash(hash.GetHashAndReset());
        }
        catch (Exception problem) when (problem is HttpRequestException or UriFormatException or IOException)
        {
            throw new BuildException($"failed to GET {url}: {problem.Message}", inner: problem);
        }
    }

    private static string NameFor(string url, string target)
    {
        var path = Uri.TryCreate(url, UriKind.Absolute, out var uri) ? PathText.NameOf(Uri.UnescapeDataString(uri.AbsolutePath)) : "";
        if (path is "" or "." or ".." || path.Contains('/', StringComparison.Ordinal))
        {
            return target.EndsWith('/') ? throw new BuildException($"cannot determine filename from url: {url}") : "download";
        }

        return path;
    }

    private static string SubdirectoryOf(string directory, string below)
    {
        if (below.Length == 0)
        {
            return directory;
        }

        using var root = RootedDirectory.Open(directory);
        try
        {
            return directory + root.Resolve(below);
        }
        catch (LinuxException problem)
        {
            throw NaruException.Invalid($"the repository has no directory {below}: {problem.Message}");
        }
    }
}
