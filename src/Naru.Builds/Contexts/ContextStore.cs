using Naru.Builds.Caching;
using Naru.Core.Builds;
using Naru.Core.Images;

namespace Naru.Builds.Contexts;

/// <summary>Keeps the files that sessions sent.</summary>
internal sealed class ContextStore(BuildDirectories directories) : IContextStore
{
    private readonly KeyedLocks _locks = new();

    public IContextDirectory Open(string key)
    {
        var name = Digest.Of(System.Text.Encoding.UTF8.GetBytes(key)).Hex;

        // Two builds of one directory at a time: the second gets the files once more rather than waiting for the first to end.
        if (key.Length == 0 || _locks.TryTake(name) is not { } taken)
        {
            return new ContextDirectory(directories.NewContext(), keep: false, owner: null);
        }

        var path = Path.Combine(directories.KeptContexts, name);
        Directory.CreateDirectory(path);
        return new ContextDirectory(path, keep: true, taken);
    }
}
