using System.IO.Pipelines;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Images.Formats;
using Naru.Images.Layers;
using Naru.Linux.Archives;

namespace Naru.Images.Registries;

/// <summary>
/// Brings one layer: fetching with hashing, and unpacking, run side by side with a bounded pipe between them. Nothing is written but the unpacked files.
/// </summary>
internal sealed class LayerFetcher(LayerUnpacker unpacker, TimeProvider time)
{
    private const int PipeSize = 8 << 20;
    private const int PieceSize = 256 * 1024;

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(100);

    internal async Task FetchAsync(
        RegistrySession session,
        ImageReference name,
        Descriptor layer,
        Digest diffId,
        LayerChain parent,
        StagedLayer staged,
        IProgress<ImageProgress> progress,
        CancellationToken cancellationToken)
    {
        var digest = Digest.Parse(layer.Digest ?? "");
        if (layer.Size < 0)
        {
            throw NaruException.Invalid($"layer {digest} has the impossible size {layer.Size}");
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pipe = new Pipe(new(pauseWriterThreshold: PipeSize, resumeWriterThreshold: PipeSize / 2, minimumSegmentSize: PieceSize, useSynchronizationContext: false));
        var fetching = Task.Run(() => FillAsync(session, name, digest, layer.Size, pipe.Writer, progress, stop.Token), CancellationToken.None);
        try
        {
            await using var packed = pipe.Reader.AsStream();
            await unpacker.UnpackAsync(staged, packed, parent, diffId, DevicePolicy.Harmless, cancellationToken);

            // What follows the tar's own end still counts for the digest.
            await packed.CopyToAsync(Stream.Null, cancellationToken);
        }
        catch
        {
            await stop.CancelAsync();
            await pipe.Reader.CompleteAsync();

            // Broken bytes are the registry's fault if their digest is wrong, so its failure says more.
            await fetching;
            throw;
        }

        await fetching;
        progress.Report(new(digest.Short, "Pull complete"));
    }

    private async Task FillAsync(
        RegistrySession session, ImageReference name, Digest digest, long size, PipeWriter writer, IProgress<ImageProgress> progress, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        try
        {
            await using var blob = new BlobStream(session, name, digest, size, time);
            using var hashed = new HashingStream(blob);
            await CopyAsync(hashed, digest, size, writer, progress, cancellationToken);
            progress.Report(new(digest.Short, "Verifying Checksum"));
            if (hashed.GetDigest() != digest)
            {
                throw new NaruException(ErrorKind.DataLoss, $"filesystem layer verification failed for digest {digest}");
            }

            progress.Report(new(digest.Short, "Download complete"));
            progress.Report(new(digest.Short, "Extracting", size, size));
        }
        catch (OperationCanceledException)
        {
            // The unpacker has the reason.
            failure = new OperationCanceledException(cancellationToken);
        }
        catch (Exception any)
        {
            failure = any;
        }

        await writer.CompleteAsync(failure);
        if (failure is NaruException)
        {
            throw failure;
        }
    }

    private async Task CopyAsync(
        HashingStream blob, Digest digest, long size, PipeWriter writer, IProgress<ImageProgress> progress, CancellationToken cancellationToken)
    {
        var reported = time.GetTimestamp();
        progress.Report(new(digest.Short, "Downloading", 0, size));
        while (true)
        {
            var read = await blob.ReadAsync(writer.GetMemory(PieceSize), cancellationToken);
            if (read == 0)
            {
                return;
            }

            writer.Advance(read);
            if (time.GetElapsedTime(reported) >= ProgressInterval)
            {
                reported = time.GetTimestamp();
                progress.Report(new(digest.Short, "Downloading", blob.Count, size));
            }

            if ((await writer.FlushAsync(cancellationToken)).IsCompleted)
            {
                throw new OperationCanceledException("The unpacker has ended.");
            }
        }
    }
}
