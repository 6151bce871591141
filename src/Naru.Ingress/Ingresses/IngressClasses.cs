using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Ingress.Ingresses;

/// <summary>Which Ingress objects are ours: those of a class whose controller is <see cref="Controller"/>, and those without a class.</summary>
internal sealed class IngressClasses(IObjects objects, IngressOptions options)
{
    /// <summary>What classes of ours name as their controller.</summary>
    public const string Controller = "naru.dev/ingress";

    private const string DefaultMark = "ingressclass.kubernetes.io/is-default-class";

    public bool IsOurs(StoredObject ingress)
    {
        var name = ingress.Tree.Text("spec", "ingressClassName");
        if (name is not null)
        {
            return objects.Get(IngressResources.Classes, "", name)?.Tree.Text("spec", "controller") == Controller;
        }

        // From before there were classes: the annotation names the controller itself.
        return ingress.Tree.Text("metadata", "annotations", "kubernetes.io/ingress.class") is not { } old || old == options.ClassName;
    }

    /// <summary>Makes the class unless it is there; the default one unless there is another.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (objects.Get(IngressResources.Classes, "", options.ClassName) is not null)
        {
            return;
        }

        var metadata = new MapValue { { "name", options.ClassName } };
        if (!objects.List(IngressResources.Classes).Any(static one => one.Tree.Text("metadata", "annotations", DefaultMark) == "true"))
        {
            metadata["annotations"] = new MapValue { { DefaultMark, "true" } };
        }

        var body = new MapValue { { "apiVersion", "networking.k8s.io/v1" }, { "kind", "IngressClass" }, { "metadata", metadata }, { "spec", new MapValue { { "controller", Controller } } } };
        try
        {
            await objects.CreateAsync(IngressResources.Classes, body, new WriteOptions { FieldManager = "naru-ingress" }, cancellationToken);
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.AlreadyExists)
        {
            // Another server of this cluster was first.
        }
    }
}
