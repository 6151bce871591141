using System.Text;
using Naru.Builds.Patterns;
using Naru.Core.Builds;
using Naru.Core.Errors;
using Naru.Linux.Files;

namespace Naru.Builds.Contexts;

/// <summary>A context as steps see it: its files without what .dockerignore leaves out. The files are fetched once, when they are first wanted.</summary>
internal sealed class ContextAccess(IBuildContext context, ContextQuery query, IgnoreList ignored, Func<Func<CancellationToken, Task<string>>, CancellationToken, Task<string>>? tell = null)
    : IDisposable
{
    private readonly SemaphoreSlim _once = new(1, 1);
    private string? _path;

    public IgnoreList Ignored => ignored;

    public async Task<string> PathAsync(CancellationToken cancellationToken)
    {
        await _once.WaitAsync(cancellationToken);
        try
        {
            return _path ??= tell is null
                ? await context.MaterialiseAsync(query, cancellationToken)
                : await tell(token => context.MaterialiseAsync(query, token), cancellationToken);
        }
        finally
        {
            _once.Release();
        }
    }

    public void Dispose() => _once.Dispose();

    /// <summary>Reads a text of a directory; null: there is none.</summary>
    public static string? ReadText(RootedDirectory root, string path, int limit)
    {
        try
        {
            if (root.TryStat(path) is not { IsRegular: true } status)
            {
                return null;
            }

            if (status.Size > limit)
            {
                throw NaruException.Invalid($"{path} is larger than {limit} bytes");
            }

            using var file = root.OpenRead(path);
            using var reader = new StreamReader(file, Encoding.UTF8);
            return reader.ReadToEnd();
        }
        catch (LinuxException problem)
        {
            throw NaruException.Invalid($"cannot read {path}: {problem.Message}");
        }
    }
}
