using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Cluster.Writing;

/// <summary>A call's options as webhooks and policies see them.</summary>
internal static class WriteOptionsBody
{
    public static MapValue Of(string kind, ApiCall call)
    {
        var body = new MapValue { { "apiVersion", "meta.k8s.io/v1" }, { "kind", kind } };
        if (call.DryRun)
        {
            body["dryRun"] = new ListValue(["All"]);
        }

        if (call.FieldManager.Length > 0)
        {
            body["fieldManager"] = call.FieldManager;
        }

        if (call.FieldValidation != FieldValidation.Warn)
        {
            body["fieldValidation"] = call.FieldValidation.ToString();
        }

        if (call.Force)
        {
            body["force"] = true;
        }

        return body;
    }
}
