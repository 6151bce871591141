using System.Collections.Immutable;
using Naru.Controllers.Runtime;
using Naru.Objects.Access;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Certificates;

/// <summary>Approves what kubelets ask for as clients, if whoever asks may ask for that: for a node's first certificate or for a node's own next one.</summary>
public sealed class RequestApprovalController(ControllerObjects objects, IAuthorizer authorizer, TimeProvider time) : IController
{
    private static readonly WriteOptions Approval = new() { FieldManager = "csrapproving", Subresource = "approval" };
    private static readonly TimeSpan AskAgain = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public string Name => "csrapproving";

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches => [WatchRule.Self(CertificateWords.Requests)];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (objects.Get(CertificateWords.Requests, "", key.Name) is not { } stored || stored.Tree.Is("Approved") || stored.Tree.Is("Denied") || stored.Tree.HasCertificate()
            || stored.Tree.Text("spec", "signerName") != SignerRules.KubeletClient
            || SigningRequest.Read(stored.Tree, out _) is not { } request || SignerRules.Refusal(SignerRules.KubeletClient, request, stored.Tree.Usages()) is not null)
        {
            return Requeue.No;
        }

        var user = UserOf(stored.Tree);
        var isSelf = request.CommonName == user.Name;
        if (isSelf && May(user, "selfnodeclient"))
        {
            await ApproveAsync(stored, "Auto approving self kubelet client certificate after SubjectAccessReview.", cancellationToken);
        }
        else if (May(user, "nodeclient"))
        {
            await ApproveAsync(stored, "Auto approving kubelet client certificate after SubjectAccessReview.", cancellationToken);
        }
        else
        {
            // Roles may come later than the request.
            return Requeue.In(AskAgain);
        }

        return Requeue.No;
    }

    private async Task ApproveAsync(StoredObject stored, string message, CancellationToken cancellationToken)
    {
        var body = stored.Tree.CloneMap();
        body.Say("Approved", "AutoApproved", message, time.GetUtcNow());
        await objects.UpdateAsync(CertificateWords.Requests, body, Approval, cancellationToken);
    }

    private bool May(UserInfo user, string what) => authorizer.Authorize(new AccessAttempt
    {
        User = user, Verb = "create", Group = "certificates.k8s.io", Version = "*", Resource = "certificatesigningrequests", Subresource = what,
    }).Allowed;

    private static UserInfo UserOf(MapValue request) => new()
    {
        Name = request.Text("spec", "username") ?? "",
        Uid = request.Text("spec", "uid") ?? "",
        Groups = [.. request.List("spec", "groups")?.Texts() ?? []],
        Extra = (request.Map("spec", "extra") ?? []).ToImmutableSortedDictionary(static one => one.Key, static one => (ImmutableArray<string>)[.. (one.Value as ListValue)?.Texts() ?? []]),
    };
}
