using Naru.Cluster.Catalogue;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Cluster.Subresources;

/// <summary><c>pods/binding</c> and <c>bindings</c>.</summary>
internal sealed class BindingAct(PodBindings bindings) : ICreateAct
{
    public bool Handles(ServedResource resource, string subresource) =>
        resource.Info.Resource is { Group: "", Resource: "pods" } ? subresource == "binding" : resource.Info.Resource is { Group: "", Resource: "bindings" };

    public async Task<ApiObject> ActAsync(ApiCall call, ServedResource resource, string name, MapValue body, CancellationToken cancellationToken)
    {
        var pod = name.Length > 0 ? name : body.Text("metadata", "name") ?? "";
        var kind = body.Text("target", "kind") ?? "";
        var node = body.Text("target", "name") ?? "";
        if (kind is not ("" or "Node"))
        {
            throw NaruException.Invalid($"Binding \"{pod}\" is invalid: target.kind: Unsupported value: \"{kind}\": supported values: \"Node\", \"<empty>\"");
        }

        if (node.Length == 0)
        {
            throw NaruException.Invalid($"Binding \"{pod}\" is invalid: target.name: Required value");
        }

        var failure = await bindings.BindAsync(new PodBinding(call.Namespace, pod, body.Text("metadata", "uid") ?? "", node), body.Map("metadata", "annotations"), call.DryRun, cancellationToken);
        return failure is null ? new ApiObject(null, StatusBody.Success(), true) : throw failure;
    }
}
