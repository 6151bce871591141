using Naru.Core.Builds;
using Naru.Linux.Files;

namespace Naru.Builds.Contexts;

/// <summary>A context that lies whole in a directory of the store; goes when it is disposed.</summary>
internal sealed class DirectoryContext(string directory, string root, string? dockerfile = null) : IBuildContext
{
    /// <summary>The Dockerfile, when the context came with one instead of files.</summary>
    public string? Dockerfile => dockerfile;

    public Task<string> MaterialiseAsync(ContextQuery query, CancellationToken cancellationToken) => Task.FromResult(root);

    public ValueTask DisposeAsync()
    {
        Remove(directory);
        return ValueTask.CompletedTask;
    }

    /// <summary>Removes a directory of the host and all in it, following nothing.</summary>
    internal static void Remove(string directory)
    {
        var parent = Path.GetDirectoryName(directory)!;
        if (Directory.Exists(parent))
        {
            using var above = RootedDirectory.Open(parent);
            above.RemoveTree(Path.GetFileName(directory));
        }
    }
}
