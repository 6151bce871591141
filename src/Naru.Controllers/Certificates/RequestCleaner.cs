using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Naru.Controllers.Runtime;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Certificates;

/// <summary>Takes requests away that are done with: an hour after they got their certificate or were refused, a day after nobody decided, and when the certificate has ended.</summary>
public sealed class RequestCleaner(ControllerObjects objects, TimeProvider time) : IController
{
    private static readonly TimeSpan Decided = TimeSpan.FromHours(1);
    private static readonly TimeSpan Pending = TimeSpan.FromHours(24);

    /// <inheritdoc/>
    public string Name => "csrcleaner";

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches => [WatchRule.Self(CertificateWords.Requests)];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (objects.Get(CertificateWords.Requests, "", key.Name) is not { } stored || stored.IsEnding)
        {
            return Requeue.No;
        }

        var left = EndOf(stored.Tree) - time.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            return Requeue.In(left);
        }

        await objects.DeleteAsync(CertificateWords.Requests, "", key.Name, new DeleteOptions { Uid = stored.Uid, Revision = stored.Revision }, cancellationToken);
        return Requeue.No;
    }

    private DateTimeOffset EndOf(MapValue request)
    {
        var created = request.Time("metadata", "creationTimestamp") ?? time.GetUtcNow();
        var decided = request.Since("Failed") ?? request.Since("Denied") ?? (request.HasCertificate() ? request.Since("Approved") : null);
        var end = decided + Decided ?? created + Pending;
        return CertificateEnd(request.Text("status", "certificate")) is { } sooner && sooner < end ? sooner : end;
    }

    private static DateTimeOffset? CertificateEnd(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        try
        {
            using var certificate = X509Certificate2.CreateFromPem(Encoding.UTF8.GetString(Convert.FromBase64String(text)));
            return certificate.NotAfter;
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException)
        {
            // Some other signer's; its age decides.
            return null;
        }
    }
}
