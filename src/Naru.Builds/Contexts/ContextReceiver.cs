using Naru.Core.Builds;
using Naru.Core.Errors;
using Naru.Linux.Archives;
using Naru.Linux.Files;

namespace Naru.Builds.Contexts;

/// <summary>Unpacks contexts that arrive as tar.</summary>
internal sealed class ContextReceiver(BuildDirectories directories, Decompressor decompressor)
{
    public async Task<IBuildContext> ReceiveAsync(Stream archive, CancellationToken cancellationToken)
    {
        var directory = directories.NewContext();
        try
        {
            await UnpackAsync(archive, directory, cancellationToken);
            return new DirectoryContext(directory, directory);
        }
        catch
        {
            DirectoryContext.Remove(directory);
            throw;
        }
    }

    /// <summary>Unpacks into a directory of the host, owners forgotten: the files of a context belong to root.</summary>
    public async Task UnpackAsync(Stream archive, string directory, CancellationToken cancellationToken)
    {
        await using var plain = await decompressor.OpenAsync(archive, cancellationToken);
        using var root = RootedDirectory.Open(directory);
        using var extractor = new TarExtractor(root, new ExtractionOptions { Owner = (0, 0), KeepTop = true });
        try
        {
            await extractor.ExtractAsync(plain, cancellationToken);
        }
        catch (InvalidDataException problem)
        {
            throw new NaruException(ErrorKind.InvalidArgument, $"the build context is broken: {problem.Message}", problem);
        }
    }
}
