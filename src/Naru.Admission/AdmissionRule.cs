using Naru.Objects.Admission;
using Naru.Objects.Resources;

namespace Naru.Admission;

/// <summary>One rule: does nothing but what it overrides.</summary>
internal abstract class AdmissionRule : IAdmission
{
    public abstract int Order { get; }

    public abstract bool Handles(AdmissionRequest request);

    public virtual ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public virtual ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public virtual void Undo(AdmissionRequest request)
    {
    }

    /// <summary>The object itself of this resource is to be made.</summary>
    protected static bool Creates(AdmissionRequest request, GroupResource resource) => request.Operation == AdmissionOperation.Create && Concerns(request, resource);

    /// <summary>The object itself of this resource is to be changed.</summary>
    protected static bool Updates(AdmissionRequest request, GroupResource resource) => request.Operation == AdmissionOperation.Update && Concerns(request, resource);

    private static bool Concerns(AdmissionRequest request, GroupResource resource) => request.Subresource.Length == 0 && request.Resource.Resource.GroupResource == resource;
}
