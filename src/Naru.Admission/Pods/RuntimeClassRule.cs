using Naru.Objects.Admission;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Admission.Pods;

/// <summary>What running a pod in its runtime class costs, and where it can be run.</summary>
internal sealed class RuntimeClassRule(Lazy<IObjects> objects) : AdmissionRule
{
    public override int Order => 250;

    public override bool Handles(AdmissionRequest request) => Creates(request, Known.Pods);

    public override ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var spec = request.Object!.MakeMap("spec");
        if (Find(request) is not { } runtime)
        {
            return ValueTask.CompletedTask;
        }

        if (runtime.Map("overhead", "podFixed") is { } overhead)
        {
            if (spec["overhead"] is MapValue { Count: > 0 } given && !given.DeepEquals(overhead))
            {
                throw request.Forbidden("pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
            }

            spec["overhead"] = overhead.Clone();
        }

        AddSelector(request, spec, runtime);
        AddTolerations(spec, runtime);
        return ValueTask.CompletedTask;
    }

    public override ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var given = request.Object!.Map("spec", "overhead") is { Count: > 0 };
        if (given && Find(request)?.Map("overhead", "podFixed") is null)
        {
            throw request.Forbidden("pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead");
        }

        return ValueTask.CompletedTask;
    }

    private static void AddSelector(AdmissionRequest request, MapValue spec, MapValue runtime)
    {
        foreach (var (label, value) in runtime.Map("scheduling", "nodeSelector") ?? [])
        {
            var selector = spec.MakeMap("nodeSelector");
            if (selector[label] is { } own && !own.DeepEquals(value))
            {
                throw request.Forbidden($"conflict: runtimeClass.scheduling.nodeSelector[{label}] = {value}; pod.spec.nodeSelector[{label}] = {own}");
            }

            selector[label] = value;
        }
    }

    private static void AddTolerations(MapValue spec, MapValue runtime)
    {
        foreach (var toleration in runtime.Maps("scheduling", "tolerations"))
        {
            if (!spec.Maps("tolerations").Any(toleration.DeepEquals))
            {
                spec.MakeList("tolerations").Add(toleration.Clone());
            }
        }
    }

    private MapValue? Find(AdmissionRequest request) => request.Object!.Text("spec", "runtimeClassName") is { Length: > 0 } name
        ? objects.Value.Get(Known.RuntimeClasses, "", name)?.Tree ?? throw request.Forbidden($"pod rejected: RuntimeClass \"{name}\" not found")
        : null;
}
