using System.Text;
using Naru.Controllers.Runtime;
using Naru.Core.Errors;
using Naru.Objects.Access;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Certificates;

/// <summary>Signs approved requests to the cluster's own signers, if the request is one that the signer stands for.</summary>
public sealed class RequestSigningController(ControllerObjects objects, IClusterCertificates certificates, NodeControllersOptions options, TimeProvider time) : IController
{
    private static readonly WriteOptions Status = new() { FieldManager = "csrsigning", Subresource = "status" };
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(10);

    /// <inheritdoc/>
    public string Name => "csrsigning";

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches => [WatchRule.Self(CertificateWords.Requests)];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (objects.Get(CertificateWords.Requests, "", key.Name) is not { } stored || !stored.Tree.Is("Approved") || stored.Tree.Is("Denied") || stored.Tree.Is("Failed")
            || stored.Tree.HasCertificate() || stored.Tree.Text("spec", "signerName") is not { } signer || !SignerRules.Knows(signer))
        {
            return Requeue.No;
        }

        var body = stored.Tree.CloneMap();
        if (SigningRequest.Read(body, out var failure) is not { } request)
        {
            Fail(body, failure);
        }
        else if (SignerRules.Refusal(signer, request, body.Usages()) is { } refusal)
        {
            Fail(body, refusal);
        }
        else
        {
            Sign(body, request);
        }

        await objects.UpdateAsync(CertificateWords.Requests, body, Status, cancellationToken);
        return Requeue.No;
    }

    private void Sign(MapValue body, SigningRequest request)
    {
        var wished = body.Integer("spec", "expirationSeconds") is { } seconds ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, int.MaxValue)) : options.CertificateLifetime;
        var lifetime = wished < Shortest ? Shortest : wished > options.CertificateLifetime ? options.CertificateLifetime : wished;
        try
        {
            var pem = certificates.Sign(request.Pem, body.Usages(), lifetime);
            body.MakeMap("status")["certificate"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(pem));
        }
        catch (NaruException refused) when (refused.Kind == ErrorKind.InvalidArgument)
        {
            Fail(body, refused.Message);
        }
    }

    private void Fail(MapValue body, string why) => body.Say("Failed", "SignerValidationFailure", why, time.GetUtcNow());
}
