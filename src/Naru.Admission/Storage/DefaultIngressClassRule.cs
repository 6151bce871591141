using Naru.Objects.Admission;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Admission.Storage;

/// <summary>Ingresses that name no class get the default one.</summary>
internal sealed class DefaultIngressClassRule(Lazy<IObjects> objects) : AdmissionRule
{
    public override int Order => 310;

    public override bool Handles(AdmissionRequest request) => Creates(request, Known.Ingresses);

    public override ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var ingress = request.Object!;
        var named = ingress.Text("spec", "ingressClassName") is not null || ingress.Text("metadata", "annotations", "kubernetes.io/ingress.class") is not null;
        if (!named && DefaultClasses.Find(objects.Value, Known.IngressClasses, "ingressclass.kubernetes.io/is-default-class") is { } standing)
        {
            ingress.MakeMap("spec")["ingressClassName"] = standing.Name;
        }

        return ValueTask.CompletedTask;
    }
}
