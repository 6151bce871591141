using Naru.Objects.Admission;
using Naru.Objects.Values;

namespace Naru.Admission.Nodes;

/// <summary>A new node takes no pods until it has said that it is ready.</summary>
internal sealed class NewNodeRule : AdmissionRule
{
    private const string NotReady = "node.kubernetes.io/not-ready";

    public override int Order => 500;

    public override bool Handles(AdmissionRequest request) => Creates(request, Known.Nodes);

    public override ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var spec = request.Object!.MakeMap("spec");
        if (!spec.Maps("taints").Any(static taint => taint.Text("key") == NotReady && taint.Text("effect") == "NoSchedule"))
        {
            spec.MakeList("taints").Add(new MapValue { ["key"] = NotReady, ["effect"] = "NoSchedule" });
        }

        return ValueTask.CompletedTask;
    }
}
