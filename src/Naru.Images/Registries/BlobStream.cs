using System.Net;
using System.Net.Http.Headers;
using Naru.Core.Errors;
using Naru.Core.Images;

namespace Naru.Images.Registries;

/// <summary>
/// A blob's bytes as they come from a registry. A connection that breaks or stands still is opened again where it stopped, a few times in a row without
/// progress; then the read fails with <see cref="ErrorKind.Unavailable"/>. The size is held to what the manifest says.
/// </summary>
internal sealed class BlobStream(RegistrySession session, ImageReference name, Digest digest, long size, TimeProvider time) : Stream
{
    private const int MaxFailures = 5;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);

    private HttpResponseMessage? _response;
    private Stream? _body;
    private long _position;
    private int _failures;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => size;

    public override long Position { get => _position; set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position == size || buffer.IsEmpty)
        {
            return 0;
        }

        var part = buffer[..(int)Math.Min(buffer.Length, size - _position)];
        while (true)
        {
            try
            {
                _body ??= await OpenAsync(cancellationToken);
                var read = await session.Timeout.WaitForPieceAsync(limited => _body.ReadAsync(part, limited), cancellationToken);
                if (read > 0)
                {
                    _failures = 0;
                    _position += read;
                    return read;
                }

                throw new IOException($"the connection ended {size - _position} bytes early");
            }
            catch (Exception broken) when (IsTransient(broken) && !cancellationToken.IsCancellationRequested)
            {
                await RecoverAsync(broken, cancellationToken);
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        Drop();
        base.Dispose(disposing);
    }

    private static bool IsTransient(Exception broken) =>
        broken is IOException or HttpRequestException or TimeoutException || broken is NaruException { Kind: ErrorKind.Unavailable };

    private async Task<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        _response = await session.SendAsync(
            session.Address($"{name.Repository}/blobs/{digest}"),
            ManifestFetcher.PullScope(name),
            uri =>
            {
                var request = new HttpRequestMessage(HttpMethod.Get, uri);
                if (_position > 0)
                {
                    request.Headers.Range = new RangeHeaderValue(_position, null);
                }

                return request;
            },
            cancellationToken);
        if (_response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.PartialContent))
        {
            throw await RegistryErrors.FromAsync(_response, cancellationToken);
        }

        var body = await _response.Content.ReadAsStreamAsync(cancellationToken);
        if (_position > 0 && _response.StatusCode == HttpStatusCode.OK)
        {
            await SkipAsync(body, cancellationToken);
        }
        else if (_position > 0 && _response.Content.Headers.ContentRange?.From != _position)
        {
            throw new NaruException(ErrorKind.FailedPrecondition, $"registry {session.Endpoint.Host} served another range of blob {digest} than was asked for");
        }

        return body;
    }

    /// <summary>A server without ranges starts over.</summary>
    private async Task SkipAsync(Stream body, CancellationToken cancellationToken)
    {
        var waste = new byte[64 * 1024];
        for (var left = _position; left > 0;)
        {
            var read = await body.ReadAsync(waste.AsMemory(0, (int)Math.Min(left, waste.Length)), cancellationToken);
            left -= read > 0 ? read : throw new IOException("the connection ended early");
        }
    }

    private async Task RecoverAsync(Exception broken, CancellationToken cancellationToken)
    {
        Drop();
        if (++_failures >= MaxFailures)
        {
            throw new NaruException(
                ErrorKind.Unavailable, $"blob {digest} from {session.Endpoint.Host} stopped at {_position} of {size} bytes: {broken.Message}", broken);
        }

        await Task.Delay(FirstPause * Math.Pow(2, _failures - 1), time, cancellationToken);
    }

    private void Drop()
    {
        _body?.Dispose();
        _response?.Dispose();
        (_body, _response) = (null, null);
    }
}
