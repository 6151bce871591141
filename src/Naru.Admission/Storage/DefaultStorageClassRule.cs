using Naru.Objects.Admission;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Admission.Storage;

/// <summary>Claims that name no storage class get the default one. The empty name means none.</summary>
internal sealed class DefaultStorageClassRule(Lazy<IObjects> objects) : AdmissionRule
{
    public override int Order => 310;

    public override bool Handles(AdmissionRequest request) => Creates(request, Known.Claims);

    public override ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var claim = request.Object!;
        var named = claim.Text("spec", "storageClassName") is not null || claim.Text("metadata", "annotations", "volume.beta.kubernetes.io/storage-class") is not null;
        if (!named && DefaultClasses.Find(objects.Value, Known.StorageClasses, "storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class") is { } standing)
        {
            claim.MakeMap("spec")["storageClassName"] = standing.Name;
        }

        return ValueTask.CompletedTask;
    }
}
