using Naru.Objects.Access;
using Naru.Objects.Admission;
using Naru.Objects.Values;

namespace Naru.Admission.Certificates;

/// <summary>Certificate requests are approved and signed only by those who may do so for the signer, and nobody asks for the masters' group.</summary>
internal sealed class SignerRules(IAuthorizer authorizer) : AdmissionRule
{
    private const string ClientSigner = "kubernetes.io/kube-apiserver-client";

    public override int Order => 640;

    public override bool Handles(AdmissionRequest request) =>
        request.Resource.Resource.GroupResource == Known.SigningRequests
        && (request.Operation == AdmissionOperation.Update ? request.Subresource is "approval" or "status" : Creates(request, Known.SigningRequests));

    public override ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var signer = (request.Old ?? request.Object)?.Text("spec", "signerName") ?? "";
        switch (request.Subresource)
        {
            case "approval":
                Demand(request, "approve", signer);
                break;
            case "status":
                var signs = !Same(request.Old?["status"], request.Object?["status"], "certificate") || !Same(request.Old?["status"], request.Object?["status"], "conditions");
                if (signs)
                {
                    Demand(request, "sign", signer);
                }

                break;
            default:
                if (signer == ClientSigner && RequestSubject.Organizations(request.Object!.Text("spec", "request")).Contains("system:masters"))
                {
                    throw request.Forbidden($"use of {ClientSigner} signer with system:masters group is not allowed");
                }

                break;
        }

        return ValueTask.CompletedTask;
    }

    private static bool Same(Value? old, Value? body, string field)
    {
        var (left, right) = ((old as MapValue)?[field], (body as MapValue)?[field]);
        return left is null ? right is null : left.DeepEquals(right);
    }

    private void Demand(AdmissionRequest request, string verb, string signer)
    {
        var domain = signer.IndexOf('/', StringComparison.Ordinal) is var slash and > 0 ? signer[..slash] : signer;
        if (!May(request.User, verb, signer) && !May(request.User, verb, $"{domain}/*"))
        {
            throw request.Forbidden($"user not permitted to {verb} requests with signerName \"{signer}\"");
        }
    }

    private bool May(UserInfo user, string verb, string name) =>
        authorizer.Authorize(new AccessAttempt { User = user, Verb = verb, Group = Known.SigningRequests.Group, Version = "*", Resource = "signers", Name = name }).Allowed;
}
