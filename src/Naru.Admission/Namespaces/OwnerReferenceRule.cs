using Naru.Objects.Access;
using Naru.Objects.Admission;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Admission.Namespaces;

/// <summary>Where it is switched on: nobody ties an object to an owner that they may not delete the object for, or blocks an owner's deletion whose finalizers they may not set.</summary>
internal sealed class OwnerReferenceRule(IAuthorizer authorizer, Lazy<IResourceCatalogue> catalogue, AdmissionOptions options) : AdmissionRule
{
    public override int Order => 630;

    public override bool Handles(AdmissionRequest request) =>
        options.GuardOwnerReferences && request.Operation is (AdmissionOperation.Create or AdmissionOperation.Update) && request.Subresource.Length == 0;

    public override ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var (now, before) = (request.Object?.List("metadata", "ownerReferences"), request.Old?.List("metadata", "ownerReferences"));
        if (now is null ? before is null : before is not null && now.DeepEquals(before))
        {
            return ValueTask.CompletedTask;
        }

        var resource = request.Resource.Resource;
        if (request.Operation == AdmissionOperation.Update
            && authorizer.Authorize(Attempt(request, resource, "delete", "", request.Name)) is { Allowed: false } refused)
        {
            throw request.Forbidden($"cannot set an ownerRef on a resource you can't delete: {refused.Reason}, <nil>");
        }

        foreach (var owner in now?.Maps().Where(static one => one.Boolean("blockOwnerDeletion") == true) ?? [])
        {
            if (before?.Maps().Any(old => old.Boolean("blockOwnerDeletion") == true && old.Text("uid") == owner.Text("uid")) != true)
            {
                CheckOwner(request, owner);
            }
        }

        return ValueTask.CompletedTask;
    }

    private static AccessAttempt Attempt(AdmissionRequest request, GroupVersionResource resource, string verb, string subresource, string name) => new()
    {
        User = request.User,
        Verb = verb,
        Group = resource.Group,
        Version = resource.Version,
        Resource = resource.Resource,
        Subresource = subresource,
        Namespace = request.Namespace,
        Name = name,
    };

    private void CheckOwner(AdmissionRequest request, MapValue owner)
    {
        var kind = GroupVersionKind.Parse(owner.Text("apiVersion") ?? "", owner.Text("kind") ?? "");
        if (catalogue.Value.Find(kind) is not { } found)
        {
            throw request.Forbidden($"cannot set blockOwnerDeletion in this case because cannot find RESTMapping for APIVersion {kind.ApiVersion} Kind {kind.Kind}");
        }

        if (authorizer.Authorize(Attempt(request, found.Resource, "update", "finalizers", owner.Text("name") ?? "")) is { Allowed: false } refused)
        {
            throw request.Forbidden($"cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on: {refused.Reason}, <nil>");
        }
    }
}
