namespace Naru.Images.Registries;

/// <summary>Tells a connection that did not stand in time as a failure. The framework tells it as a cancellation, which is read as the caller's own wherever it comes through.</summary>
internal sealed class ConnectionFailures(TimeSpan limit, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, $"no connection in {limit.TotalSeconds:0.#} s");
        }
    }
}
