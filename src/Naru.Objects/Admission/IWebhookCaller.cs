namespace Naru.Objects.Admission;

/// <summary>Calls webhooks: admission and conversion. Any thread.</summary>
public interface IWebhookCaller
{
    /// <summary>Sends a JSON body by POST over TLS and returns the body of the answer.</summary>
    /// <exception cref="Naru.Core.Errors.NaruException">Unavailable when nobody answers in time or the answer is not 2xx.</exception>
    Task<ReadOnlyMemory<byte>> CallAsync(WebhookTarget target, ReadOnlyMemory<byte> body, CancellationToken cancellationToken);
}

/// <summary>Where a webhook listens.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Url">Address; empty when <paramref name="Service"/> is set.</param>
/// <param name="Service">A service of the cluster; null when <paramref name="Url"/> is set.</param>
/// <param name="CaBundle">Authorities in PEM that its certificate must come from; empty for those of the host.</param>
/// <param name="Timeout">How long it may take.</param>
public sealed record WebhookTarget(string Name, string Url, WebhookService? Service, ReadOnlyMemory<byte> CaBundle, TimeSpan Timeout);

/// <summary>A service of the cluster and a path at it.</summary>
public sealed record WebhookService(string Namespace, string Name, string Path, int Port);
