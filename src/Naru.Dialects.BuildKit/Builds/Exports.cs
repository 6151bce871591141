using System.Collections.Immutable;
using System.Globalization;
using Naru.Core.Builds;
using Naru.Core.Images;
using Naru.Dialects.BuildKit.Control;
using Naru.Dialects.BuildKit.Files;
using Naru.Dialects.BuildKit.Protocol;
using Naru.Dialects.BuildKit.Sessions;
using Naru.Dialects.BuildKit.Transport;

namespace Naru.Dialects.BuildKit.Builds;

/// <summary>Where results go: the image store, a registry, the caller's disk.</summary>
internal sealed class Exports(IRegistries registries)
{
    public async Task<Dictionary<string, string>> ExportAsync(
        SolveJob job, ISolvedBuild result, IReadOnlyList<ExporterRequest> exporters, CancellationToken cancellationToken)
    {
        var answer = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < exporters.Count; i++)
        {
            await ExportOneAsync(job, result, exporters[i], i, answer, cancellationToken);
        }

        return answer;
    }

    private async Task ExportOneAsync(
        SolveJob job, ISolvedBuild result, ExporterRequest exporter, int number, Dictionary<string, string> answer, CancellationToken cancellationToken)
    {
        var names = Names(exporter.Attrs);
        switch (exporter.Type)
        {
            case "" or "cacheonly":
                return;
            case "moby" or "image":
                await TellAsync(job, "exporting to image", step => StoreAsync(job, step, result, names, exporter.Attrs, answer, cancellationToken));
                return;
            case "docker" when job.Session?.Serves("moby.filesync.v1.FileSend/DiffCopy") != true:
                await TellAsync(job, "exporting to image", step => StoreAsync(job, step, result, names, exporter.Attrs, answer, cancellationToken));
                return;
            case "docker" or "oci":
                var format = exporter.Type == "oci" ? BuildArchive.Oci : BuildArchive.Docker;
                await TellAsync(job, $"exporting to {exporter.Type} image format", _ => FileSender.SendArchiveAsync(
                    SessionOf(job), number, (stream, token) => result.WriteAsync(format, names, stream, token), cancellationToken));
                return;
            case "tar":
                await TellAsync(job, "exporting to client tarball", _ => FileSender.SendArchiveAsync(
                    SessionOf(job), number, (stream, token) => result.WriteAsync(BuildArchive.Files, names, stream, token), cancellationToken));
                return;
            case "local":
                await TellAsync(job, "exporting to client directory", async _ =>
                {
                    await using var tree = await result.OpenTreeAsync(cancellationToken);
                    await FileSender.SendTreeAsync(SessionOf(job), number, tree, cancellationToken);
                });
                return;
            default:
                throw new GrpcException(GrpcCode.InvalidArgument, $"exporter \"{exporter.Type}\" could not be found");
        }
    }

    private async Task StoreAsync(
        SolveJob job, BuildStep step, ISolvedBuild result, ImmutableArray<ImageReference> names, IReadOnlyDictionary<string, string> attributes,
        Dictionary<string, string> answer, CancellationToken cancellationToken)
    {
        job.Board.Progress(step, new ImageProgress("exporting layers", "exporting layers"));
        var image = await result.StoreAsync(names, cancellationToken);
        job.Board.Progress(step, new ImageProgress("exporting layers", "complete"));
        job.Board.Progress(step, new ImageProgress($"writing image {image.Id}", "complete"));
        foreach (var name in names)
        {
            job.Board.Progress(step, new ImageProgress($"naming to {name.Canonical}", "complete"));
        }

        answer["containerimage.config.digest"] = image.Id.Value;
        answer["containerimage.digest"] = image.Id.Value;
        if (names.Length > 0)
        {
            answer["image.name"] = string.Join(',', names.Select(n => n.Canonical));
        }

        if (attributes.GetValueOrDefault("push") == "true")
        {
            await PushAsync(job, step, names, result.Platform, cancellationToken);
        }
    }

    private async Task PushAsync(SolveJob job, BuildStep step, ImmutableArray<ImageReference> names, Platform platform, CancellationToken cancellationToken)
    {
        foreach (var name in names)
        {
            var credentials = job.Session is null ? null : await job.Session.CredentialsAsync(name.Registry, cancellationToken);
            await registries.PushAsync(name, platform, credentials, new Relay(job.Board, step), cancellationToken);
        }
    }

    private static async Task TellAsync(SolveJob job, string name, Func<BuildStep, Task> body)
    {
        var step = new BuildStep { Id = Digest.Of(System.Text.Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{job.Reference} {name} {Guid.NewGuid()}"))), Name = name };
        job.Board.Started(step);
        try
        {
            await body(step);
            job.Board.Completed(step, new BuildStepOutcome());
        }
        catch (Exception failure)
        {
            job.Board.Completed(step, new BuildStepOutcome { Error = failure.Message });
            throw;
        }
    }

    private static CallerSession SessionOf(SolveJob job) => job.Session ?? throw new GrpcException(GrpcCode.FailedPrecondition, "this output needs a session");

    private static ImmutableArray<ImageReference> Names(IReadOnlyDictionary<string, string> attributes) =>
        [.. attributes.GetValueOrDefault("name", "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(n => ImageReference.Parse(n).WithDefaultTag())];

    private sealed class Relay(StatusBoard board, BuildStep step) : IProgress<ImageProgress>
    {
        public void Report(ImageProgress value) => board.Progress(step, value);
    }
}
