using Grpc.Core;
using Naru.Core.Builds;
using Naru.Core.Errors;
using Naru.Dialects.BuildKit.Sessions;
using Naru.Dialects.BuildKit.Transport;

namespace Naru.Dialects.BuildKit.Files;

/// <summary>A directory of the caller's, fetched as far as a build wants it.</summary>
internal sealed class SessionContext(CallerSession session, string name, IContextStore store) : IBuildContext
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly Dictionary<string, IContextDirectory> _directories = new(StringComparer.Ordinal);

    public async Task<string> MaterialiseAsync(ContextQuery query, CancellationToken cancellationToken)
    {
        if (!session.Serves("moby.filesync.v1.FileSync/DiffCopy"))
        {
            throw new NaruException(ErrorKind.FailedPrecondition, "no local sources enabled");
        }

        await _one.WaitAsync(cancellationToken);
        try
        {
            // Another query leaves other files: each has a directory of its own.
            var key = string.Join('\n', [name, .. query.Include, "", .. query.Exclude, "", .. query.Follow]);
            if (_directories.TryGetValue(key, out var known))
            {
                return known.Path;
            }

            // Without a key of the caller's nothing tells that a later build is of the same directory.
            var directory = store.Open(session.SharedKey.Length == 0 ? "" : $"{session.SharedKey}\n{key}");
            try
            {
                await new FileReceiver(session, directory).ReceiveAsync(name, query, cancellationToken);
            }
            catch
            {
                await directory.DisposeAsync();
                throw;
            }

            _directories[key] = directory;
            return directory.Path;
        }
        finally
        {
            _one.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var directory in _directories.Values)
        {
            await directory.DisposeAsync();
        }

        _one.Dispose();
    }

    /// <summary>A stream that the caller offers under an address <c>http://buildkit-session/…</c>.</summary>
    public static Stream OpenUpload(CallerSession session, Uri address, CancellationToken cancellationToken)
    {
        var headers = new Metadata { { "urlpath", address.AbsolutePath }, { "urlhost", address.Host } };
        return new UploadStream(session.Calls.AsyncDuplexStreamingCall(Methods.PullUpload, null, new CallOptions(headers, cancellationToken: cancellationToken)));
    }
}
