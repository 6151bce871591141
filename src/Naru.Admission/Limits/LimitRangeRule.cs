using Naru.Objects.Admission;
using Naru.Objects.Api;
using Naru.Objects.Quotas;
using Naru.Objects.Values;

namespace Naru.Admission.Limits;

/// <summary>Limit ranges of a namespace: defaults of containers, and bounds of containers, pods and claims.</summary>
internal sealed class LimitRangeRule(Lazy<IObjects> objects) : AdmissionRule
{
    public override int Order => 300;

    public override bool Handles(AdmissionRequest request)
    {
        var resource = request.Resource.Resource.GroupResource;
        return resource == Known.Pods
            ? (request.Operation == AdmissionOperation.Create && request.Subresource.Length == 0) || (request.Operation == AdmissionOperation.Update && request.Subresource == "resize")
            : Creates(request, Known.Claims) || Updates(request, Known.Claims);
    }

    public override ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.Resource.Resource.GroupResource == Known.Pods && request.Operation == AdmissionOperation.Create && Ranges(request) is { Count: > 0 } ranges)
        {
            LimitRangeDefaults.Apply(request, ranges);
        }

        return ValueTask.CompletedTask;
    }

    public override ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        // What is being deleted may lose its finalizers whatever it asks for.
        var ranges = Ranges(request);
        if (ranges.Count == 0 || request.Object?.Text("metadata", "deletionTimestamp") is not null)
        {
            return ValueTask.CompletedTask;
        }

        var errors = new List<string>();
        foreach (var item in ranges.SelectMany(static range => range.Tree.Maps("spec", "limits")))
        {
            Check(request, item, new LimitCheck(item, errors));
        }

        return errors.Count > 0 ? throw request.Forbidden(Refusals.Join(errors)) : ValueTask.CompletedTask;
    }

    private static void Check(AdmissionRequest request, MapValue item, LimitCheck check)
    {
        var body = request.Object!;
        var isPod = request.Resource.Resource.GroupResource == Known.Pods;
        switch (item.Text("type"))
        {
            case "Container" when isPod:
                foreach (var container in body.Maps("spec", "containers").Concat(body.Maps("spec", "initContainers")))
                {
                    check.Compute(PodResources.Read(container.Map("resources", "requests")), PodResources.Read(container.Map("resources", "limits")));
                }

                break;
            case "Pod" when isPod:
                check.Compute(PodResources.Requests(body), PodResources.Limits(body));
                break;
            case "PersistentVolumeClaim" when !isPod:
                check.Storage(PodResources.Read(body.Map("spec", "resources", "requests")));
                break;
        }
    }

    private IReadOnlyList<StoredObject> Ranges(AdmissionRequest request) => objects.Value.List(Known.LimitRanges, request.Namespace);
}
