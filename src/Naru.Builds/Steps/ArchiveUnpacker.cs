using Naru.Builds.Copying;
using Naru.Builds.Patterns;
using Naru.Core.Builds;
using Naru.Core.Errors;
using Naru.Linux.Archives;
using Naru.Linux.Files;

namespace Naru.Builds.Steps;

/// <summary>ADD's habit of unpacking local archives.</summary>
internal sealed class ArchiveUnpacker(Decompressor decompressor)
{
    /// <summary>Unpacks when the plan is one file that is a tar, plain or compressed. False: it is not.</summary>
    public async Task<bool> TryUnpackAsync(RootedDirectory source, CopyPlan plan, RootedDirectory target, CopyRequest request, CancellationToken cancellationToken)
    {
        var archives = new List<string>();
        foreach (var item in plan.Items)
        {
            if (item.Status.IsRegular && plan.Sources[item.Group] is { IsDirectory: false } && await IsArchiveAsync(source, item.Source, cancellationToken))
            {
                archives.Add(item.Source);
            }
        }

        if (archives.Count == 0)
        {
            return false;
        }

        foreach (var path in archives)
        {
            await UnpackAsync(source, path, target, request, cancellationToken);
        }

        plan.Items.RemoveAll(i => archives.Contains(i.Source));
        return plan.Items.Count == 0;
    }

    private async Task UnpackAsync(RootedDirectory source, string path, RootedDirectory target, CopyRequest request, CancellationToken cancellationToken)
    {
        var directory = PathText.Below(request.Target);
        try
        {
            if (directory.Length > 0)
            {
                target.CreateDirectories(directory);
            }

            using var root = target.OpenDirectory(directory);
            await using var file = source.OpenRead(path);
            await using var plain = await decompressor.OpenAsync(file, cancellationToken);
            using var extractor = new TarExtractor(root, new ExtractionOptions { Owner = request.Owner is (0, 0) ? null : request.Owner, KeepTop = true });
            await extractor.ExtractAsync(plain, cancellationToken);
        }
        catch (LinuxException problem)
        {
            throw new BuildException($"ADD failed: {problem.Message}", inner: problem);
        }
        catch (NaruException problem) when (problem.Kind == ErrorKind.InvalidArgument)
        {
            throw new BuildException($"ADD failed: {problem.Message}", inner: problem);
        }
    }

    private async Task<bool> IsArchiveAsync(RootedDirectory source, string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = source.OpenRead(path);
            await using var plain = await decompressor.OpenAsync(file, cancellationToken);
            using var reader = new TarReader(plain);
            return await reader.NextAsync(cancellationToken) is not null;
        }
        catch (Exception problem) when (problem is NaruException or InvalidDataException or IOException)
        {
            return false;
        }
    }
}
