using Naru.Core.Errors;
using Naru.Dialects.Docker.Http;

namespace Naru.Dialects.Docker.Images;

/// <summary>Where an import reads from: the request's body (<c>-</c>) or a URL.</summary>
internal sealed class ImportSource : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(30), MaxAutomaticRedirections = 10 })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public async Task<Stream> OpenAsync(DockerCall call, string source, ProgressStream progress, CancellationToken cancellationToken)
    {
        if (source == "-")
        {
            return call.Body;
        }
        if (!Uri.TryCreate(source.Contains("://", StringComparison.Ordinal) ? source : "http://" + source, UriKind.Absolute, out var address) ||
            address.Scheme is not ("http" or "https"))
        {
            throw DockerException.BadRequest($"invalid import source: {source}");
        }
        try
        {
            var response = await _client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw DockerException.Server($"Got HTTP status code >= 400: {(int)response.StatusCode} {response.ReasonPhrase}");
            }
            progress.Status($"Downloading from {address}");
            return await response.Content.ReadAsStreamAsync(cancellationToken);
        }
        catch (HttpRequestException failure)
        {
            throw new NaruException(ErrorKind.Unavailable, $"cannot read {address}: {failure.Message}", failure);
        }
    }

    public void Dispose() => _client.Dispose();
}
