using Naru.Objects.Admission;
using Naru.Objects.Values;

namespace Naru.Admission.Pods;

/// <summary>Pods stay five minutes on a node that is not ready or cannot be reached, unless they say otherwise.</summary>
internal sealed class TolerationRule(AdmissionOptions options) : AdmissionRule
{
    private static readonly string[] Taints = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];

    public override int Order => 500;

    public override bool Handles(AdmissionRequest request) => Creates(request, Known.Pods) || Updates(request, Known.Pods);

    public override ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var spec = request.Object!.MakeMap("spec");
        foreach (var taint in Taints)
        {
            var tolerated = spec.Maps("tolerations").Any(one => (one.Text("key") is null or "" || one.Text("key") == taint) && (one.Text("effect") is null or "" or "NoExecute"));
            if (!tolerated)
            {
                spec.MakeList("tolerations").Add(new MapValue { ["key"] = taint, ["operator"] = "Exists", ["effect"] = "NoExecute", ["tolerationSeconds"] = (long)options.TolerationTime.TotalSeconds });
            }
        }

        return ValueTask.CompletedTask;
    }
}
