using System.IO.Compression;
using System.IO.Pipelines;
using System.Net;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Images.Archives;
using Naru.Images.Formats;
using Naru.Images.Layers;

namespace Naru.Images.Registries;

/// <summary>Sends blobs to one repository: what is there is left, what another repository of the registry has is mounted, the rest is sent.</summary>
internal sealed class BlobUploader(RegistrySession session, ImageReference name, IProgress<ImageProgress> progress, TimeProvider time)
{
    private const string BlobType = "application/octet-stream";
    private const int MaxTries = 3;

    private readonly string _scope = $"repository:{name.Repository}:pull,push";

    internal string Scope => _scope;

    /// <summary>Sends a small blob in one piece.</summary>
    internal async Task PutAsync(Digest digest, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (await HasAsync(digest, cancellationToken))
        {
            return;
        }

        var location = await BeginAsync("", _scope, cancellationToken);
        await FinishAsync(location.Upload!, digest, content, cancellationToken);
    }

    /// <summary>Makes a layer be there and tells how it is packed.</summary>
    internal async Task<PackedLayer> PutLayerAsync(Layer layer, CancellationToken cancellationToken)
    {
        var id = layer.DiffId.Short;
        progress.Report(new(id, "Preparing"));
        if (await FindAsync(layer, cancellationToken) is { } known)
        {
            return known;
        }

        for (var tries = 1; ; tries++)
        {
            try
            {
                var sent = await SendAsync(layer, cancellationToken);
                progress.Report(new(id, "Pushed"));
                return sent;
            }
            catch (NaruException lost) when (lost.Kind == ErrorKind.Unavailable && tries < MaxTries)
            {
                progress.Report(new(id, "Retrying"));
                await Task.Delay(TimeSpan.FromSeconds(tries), time, cancellationToken);
            }
        }
    }

    private async Task<PackedLayer?> FindAsync(Layer layer, CancellationToken cancellationToken)
    {
        var here = $"{name.Registry}/{name.Repository}";
        foreach (var packed in layer.Packed.Reverse().DistinctBy(packed => packed.Digest))
        {
            if (await HasAsync(Digest.Parse(packed.Digest), cancellationToken))
            {
                progress.Report(new(layer.DiffId.Short, "Layer already exists"));
                return packed with { Source = here };
            }
        }

        foreach (var packed in layer.Packed.Reverse().Where(packed => packed.Source.StartsWith(name.Registry + "/", StringComparison.Ordinal) && packed.Source != here))
        {
            var from = packed.Source[(name.Registry.Length + 1)..];
            var begun = await BeginAsync(
                $"?mount={Uri.EscapeDataString(packed.Digest)}&from={Uri.EscapeDataString(from)}", $"{_scope} repository:{from}:pull", cancellationToken);
            if (begun.Upload is null)
            {
                progress.Report(new(layer.DiffId.Short, $"Mounted from {from}"));
                return packed with { Source = here };
            }

            await CancelAsync(begun.Upload, cancellationToken);
        }

        return null;
    }

    private async Task<bool> HasAsync(Digest digest, CancellationToken cancellationToken)
    {
        using var response = await session.SendAsync(
            session.Address($"{name.Repository}/blobs/{digest}"), _scope, static uri => new(HttpMethod.Head, uri), cancellationToken);
        return response.StatusCode switch
        {
            HttpStatusCode.OK => true,
            HttpStatusCode.NotFound => false,
            _ => throw Explain(await RegistryErrors.FromAsync(response, cancellationToken)),
        };
    }

    /// <summary>Begins an upload; no address if the blob was mounted instead.</summary>
    private async Task<(Uri? Upload, bool Mounted)> BeginAsync(string query, string scope, CancellationToken cancellationToken)
    {
        var address = session.Address($"{name.Repository}/blobs/uploads/{query}");
        using var response = await session.SendAsync(
            address, scope, static uri => new(HttpMethod.Post, uri) { Content = new ByteArrayContent([]) }, cancellationToken);
        return response.StatusCode switch
        {
            HttpStatusCode.Created => (null, true),
            HttpStatusCode.Accepted when response.Headers.Location is { } location => (session.Continue(address, location), false),
            _ => throw Explain(await RegistryErrors.FromAsync(response, cancellationToken)),
        };
    }

    private async Task CancelAsync(Uri upload, CancellationToken cancellationToken)
    {
        using var response = await session.SendAsync(upload, _scope, static uri => new(HttpMethod.Delete, uri), cancellationToken);
    }

    private async Task<PackedLayer> SendAsync(Layer layer, CancellationToken cancellationToken)
    {
        var begun = await BeginAsync("", _scope, cancellationToken);
        var (digest, size, next) = await StreamAsync(begun.Upload!, layer, cancellationToken);
        await FinishAsync(next, digest, ReadOnlyMemory<byte>.Empty, cancellationToken);
        return new() { Digest = digest.Value, Size = size, MediaType = MediaTypes.DockerLayer, Source = $"{name.Registry}/{name.Repository}" };
    }

    /// <summary>Packs and sends at once; the digest is known at the end.</summary>
    private async Task<(Digest Digest, long Size, Uri Next)> StreamAsync(Uri upload, Layer layer, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pipe = new Pipe(new(pauseWriterThreshold: 4 << 20, resumeWriterThreshold: 2 << 20, useSynchronizationContext: false));
        using var hashed = new HashingStream(pipe.Writer.AsStream(leaveOpen: true));
        var packing = Task.Run(() => PackAsync(layer, hashed, pipe.Writer, stop.Token), CancellationToken.None);
        try
        {
            await using var body = pipe.Reader.AsStream();
            using var response = await session.SendAsync(
                upload,
                _scope,
                uri =>
                {
                    var content = new StreamContent(body, 256 * 1024);
                    content.Headers.ContentType = new(BlobType);
                    return new(HttpMethod.Patch, uri) { Content = content };
                },
                cancellationToken,
                canRepeat: false);
            if (response.StatusCode != HttpStatusCode.Accepted || response.Headers.Location is not { } location)
            {
                throw Explain(await RegistryErrors.FromAsync(response, cancellationToken));
            }

            await packing;
            return (hashed.GetDigest(), hashed.Count, session.Continue(upload, location));
        }
        finally
        {
            await stop.CancelAsync();
            await pipe.Reader.CompleteAsync();
            await packing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task PackAsync(Layer layer, HashingStream packed, PipeWriter writer, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        try
        {
            await using var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true);
            var counted = new ProgressStream(gzip, layer.DiffId.Short, "Pushing", layer.Record.TarSize, progress, time);
            await LayerExporter.CopyToAsync(layer, counted, cancellationToken);
        }
        catch (Exception any)
        {
            failure = any;
        }

        await writer.CompleteAsync(failure);
        if (failure is not null)
        {
            throw failure;
        }
    }

    private async Task FinishAsync(Uri upload, Digest digest, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var address = new UriBuilder(upload);
        address.Query = $"{address.Query.TrimStart('?')}{(address.Query.Length > 1 ? "&" : "")}digest={Uri.EscapeDataString(digest.Value)}";
        using var response = await session.SendAsync(
            address.Uri,
            _scope,
            uri =>
            {
                var body = new ReadOnlyMemoryContent(content);
                body.Headers.ContentType = new(BlobType);
                return new(HttpMethod.Put, uri) { Content = body };
            },
            cancellationToken);
        if (response.StatusCode is not (HttpStatusCode.Created or HttpStatusCode.NoContent or HttpStatusCode.OK))
        {
            throw Explain(await RegistryErrors.FromAsync(response, cancellationToken));
        }
    }

    internal static NaruException Explain(NaruException refusal) => refusal.Kind is ErrorKind.PermissionDenied
        ? new(ErrorKind.PermissionDenied, $"push access denied, repository does not exist or may require authorization: {refusal.Message}", refusal)
        : refusal;
}
