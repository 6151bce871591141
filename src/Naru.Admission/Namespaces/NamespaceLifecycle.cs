using Naru.Core.Errors;
using Naru.Objects.Admission;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Admission.Namespaces;

/// <summary>Nothing comes into a namespace that does not exist or is being deleted; the namespaces that the cluster stands on are not deleted.</summary>
internal sealed class NamespaceLifecycle(Lazy<IObjects> objects) : AdmissionRule
{
    private static readonly string[] Immortal = ["default", "kube-system", "kube-public"];

    public override int Order => 100;

    public override bool Handles(AdmissionRequest request) =>
        request.Operation == AdmissionOperation.Delete
            ? request.Resource.Resource.GroupResource == Known.Namespaces
            : request.Operation is AdmissionOperation.Create or AdmissionOperation.Update && request.Resource.Namespaced && request.Resource.Resource.Group != "authorization.k8s.io";

    public override ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.Operation == AdmissionOperation.Delete)
        {
            return Immortal.Contains(request.Name) ? throw request.Forbidden("this namespace may not be deleted") : ValueTask.CompletedTask;
        }

        if (objects.Value.Get(Known.Namespaces, "", request.Namespace) is not { } standing)
        {
            throw new NaruException(ErrorKind.NotFound, $"namespaces \"{request.Namespace}\" not found") { Details = new FailureDetails { Kind = "namespaces", Name = request.Namespace } };
        }

        var ending = standing.IsEnding || standing.Tree.Text("status", "phase") == "Terminating";
        if (ending && request.Operation == AdmissionOperation.Create && request.Subresource.Length == 0)
        {
            throw request.Forbidden(
                $"unable to create new content in namespace {request.Namespace} because it is being terminated",
                new FailureCause("NamespaceTerminating", $"namespace {request.Namespace} is being terminated", "metadata.namespace"));
        }

        return ValueTask.CompletedTask;
    }

    // Mutating rules may take long; the namespace may have gone meanwhile. Deletions of many call validation alone.
    public override ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken) => MutateAsync(request, cancellationToken);
}
