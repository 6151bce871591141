using Naru.Kinds.PodTemplates;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Core.Pods;

/// <summary>Pods.</summary>
internal sealed class PodRules : KindRules
{
    private static readonly string[] Selectable =
    [
        "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork", "status.phase", "status.podIP", "status.podIPs", "status.nominatedNodeName",
    ];

    /// <inheritdoc/>
    public override bool HasGeneration => true;

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> SelectableFields => Selectable;

    /// <inheritdoc/>
    public override void SetDefaults(MapValue body)
    {
        var spec = body.MakeMap("spec");
        PodSpecDefaults.Set(spec);
        PodSpecDefaults.SetPod(spec);
    }

    /// <inheritdoc/>
    public override void PrepareCreate(MapValue body)
    {
        base.PrepareCreate(body);
        var spec = body.MakeMap("spec");
        var status = new MapValue { ["phase"] = "Pending", ["qosClass"] = PodResources.QualityOf(spec) };
        if (spec.CountOf("schedulingGates") > 0)
        {
            status["conditions"] = new ListValue([new MapValue
            {
                ["type"] = "PodScheduled",
                ["status"] = "False",
                ["reason"] = "SchedulingGated",
                ["message"] = "Scheduling is blocked due to non-empty scheduling gates",
            }]);
        }

        body["status"] = status;
        MatchLabelKeys.Apply(spec, body.Map("metadata", "labels"));
    }

    /// <inheritdoc/>
    public override void PrepareSubresource(string subresource, MapValue body, MapValue old)
    {
        switch (subresource)
        {
            case "status":
                PodSubresources.PrepareStatus(body, old);
                break;
            case "ephemeralcontainers":
                var added = body.Map("spec")?["ephemeralContainers"];
                KeepAllBut(body, old);
                body.MakeMap("spec")["ephemeralContainers"] = added;
                break;
            case "resize":
                PodSubresources.PrepareResize(body, old);
                break;
            default:
                return;
        }

        KeepGeneration(body, old, WishChanged(body, old));
    }

    /// <inheritdoc/>
    public override void ValidateSubresource(string subresource, MapValue body, MapValue old, FieldErrors errors)
    {
        base.ValidateSubresource(subresource, body, old, errors);
        if (subresource == "ephemeralcontainers")
        {
            PodSubresources.ValidateEphemeral(body, old, errors);
        }
        else if (subresource == "resize")
        {
            PodSubresources.ValidateResize(body, old, errors);
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Warnings(MapValue body, MapValue? old) => old is null ? PodWarnings.OfPod(body) : [];

    /// <inheritdoc/>
    public override long? DeletionGrace(MapValue body, long? asked)
    {
        if (body.Text("spec", "nodeName") is null or "" || body.Text("status", "phase") is "Failed" or "Succeeded")
        {
            return 0;
        }

        var grace = asked ?? body.Integer("spec", "terminationGracePeriodSeconds") ?? 0;
        return grace < 0 ? 1 : grace;
    }

    /// <inheritdoc/>
    public override string? SelectField(MapValue body, string field) => field switch
    {
        "spec.nodeName" => body.Text("spec", "nodeName") ?? "",
        "spec.restartPolicy" => body.Text("spec", "restartPolicy") ?? "",
        "spec.schedulerName" => body.Text("spec", "schedulerName") ?? "",
        "spec.serviceAccountName" => body.Text("spec", "serviceAccountName") ?? "",
        "spec.hostNetwork" => body.Boolean("spec", "hostNetwork") == true ? "true" : "false",
        "status.phase" => body.Text("status", "phase") ?? "",
        "status.podIP" => body.Text("status", "podIP") ?? body.Maps("status", "podIPs").FirstOrDefault()?.Text("ip") ?? "",
        "status.podIPs" => string.Join(',', body.Maps("status", "podIPs").Select(static one => one.Text("ip"))),
        "status.nominatedNodeName" => body.Text("status", "nominatedNodeName") ?? "",
        _ => null,
    };

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var spec = body.Under("spec");
        PodSpecValidation.Validate(spec, body.Under("metadata"), true, FieldPath.Spec, errors);
        if (spec.CountOf("ephemeralContainers") > 0)
        {
            errors.Forbidden(FieldPath.Spec.Child("ephemeralContainers"), "cannot be set on create");
        }

        if (spec.CountOf("schedulingGates") > 0 && spec.Filled("nodeName"))
        {
            errors.Forbidden(FieldPath.Spec.Child("nodeName"), "cannot be set until all schedulingGates have been cleared");
        }

        if (spec.Filled("serviceAccountName"))
        {
            return;
        }

        foreach (var (index, volume) in spec.Entries("volumes"))
        {
            foreach (var (at, source) in volume.Under("projected").Entries("sources"))
            {
                if (source.Has("serviceAccountToken"))
                {
                    errors.Forbidden(FieldPath.Spec.Child("volumes").Index(index).Child("projected", "sources").Index(at).Child("serviceAccountToken"), "must not be specified when serviceAccountName is not set");
                }
            }
        }
    }

    /// <inheritdoc/>
    protected override void ValidateChange(MapValue body, MapValue old, FieldErrors errors)
    {
        PodSpecValidation.Validate(body.Under("spec"), body.Under("metadata"), true, FieldPath.Spec, errors);
        PodUpdateValidation.Validate(body.Under("spec"), old.Under("spec"), errors);
    }

    /// <inheritdoc/>
    protected override void ValidateStatus(MapValue body, MapValue old, FieldErrors errors) => PodSubresources.ValidateStatus(body, old, errors);
}
