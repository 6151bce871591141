using Naru.Objects.Admission;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Admission.Storage;

/// <summary>Claims and volumes stay while something uses them: a finalizer holds them until a controller has looked.</summary>
internal sealed class InUseProtectionRule : AdmissionRule
{
    private static readonly Dictionary<GroupResource, string> Finalizers = new()
    {
        [Known.Claims] = "kubernetes.io/pvc-protection",
        [Known.Volumes] = "kubernetes.io/pv-protection",
        [Known.VolumeAttributesClasses] = "kubernetes.io/vac-protection",
    };

    public override int Order => 320;

    public override bool Handles(AdmissionRequest request) => Finalizers.Keys.Any(resource => Creates(request, resource));

    public override ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var finalizer = Finalizers[request.Resource.Resource.GroupResource];
        var list = request.Object!.MakeMap("metadata").MakeList("finalizers");
        if (!list.Texts().Contains(finalizer))
        {
            list.Add(finalizer);
        }

        return ValueTask.CompletedTask;
    }
}
