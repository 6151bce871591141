using Naru.Objects.Admission;
using Naru.Objects.Api;
using Naru.Objects.Quantities;
using Naru.Objects.Values;

namespace Naru.Admission.Storage;

/// <summary>Claims grow only where their storage class can make volumes grow.</summary>
internal sealed class ClaimResizeRule(Lazy<IObjects> objects) : AdmissionRule
{
    public override int Order => 330;

    public override bool Handles(AdmissionRequest request) => Updates(request, Known.Claims);

    public override ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var (now, before) = (Size(request.Object), Size(request.Old));
        if (now <= before)
        {
            return ValueTask.CompletedTask;
        }

        if (request.Old?.Text("status", "phase") != "Bound")
        {
            throw request.Forbidden("Only bound persistent volume claims can be expanded");
        }

        var name = request.Object?.Text("spec", "storageClassName") ?? "";
        if (objects.Value.Get(Known.StorageClasses, "", name)?.Tree.Boolean("allowVolumeExpansion") != true)
        {
            throw request.Forbidden("only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize");
        }

        return ValueTask.CompletedTask;
    }

    private static Quantity Size(MapValue? claim) => Quantity.TryParse(claim?.At("spec", "resources", "requests", "storage")?.ToString(), out var size) ? size : Quantity.Zero;
}
