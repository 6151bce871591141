using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Kinds.Conversions;

/// <summary>Brings bodies of built-in groups from one version to another.</summary>
internal static class KindConversion
{
    /// <summary>Changes the tree where the two versions differ in more than their name.</summary>
    public static MapValue Convert(MapValue body, GroupVersionKind to)
    {
        var from = body.Text("apiVersion");
        if (from == to.ApiVersion)
        {
            return body;
        }

        switch ((from, to.ApiVersion, to.Kind))
        {
            case ("v1", "events.k8s.io/v1", "Event"):
                EventConversion.ToEventsGroup(body);
                break;
            case ("events.k8s.io/v1", "v1", "Event"):
                EventConversion.ToCore(body);
                break;
            case ("autoscaling/v1", "autoscaling/v2", "HorizontalPodAutoscaler"):
                AutoscalerConversion.ToNew(body);
                break;
            case ("autoscaling/v2", "autoscaling/v1", "HorizontalPodAutoscaler"):
                AutoscalerConversion.ToOld(body);
                break;
        }

        body["apiVersion"] = to.ApiVersion;
        return body;
    }
}
