using Naru.Core.Errors;
using Naru.Objects.Access;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Access.Certificates;

/// <summary>Publishes, in <c>kube-system/extension-apiserver-authentication</c>, what aggregated API servers need to know whom to believe.</summary>
internal sealed class AuthenticationPublisher(IClusterCertificates certificates, Lazy<IObjects> objects, AccessOptions options)
{
    private const string Namespace = "kube-system";
    private const string Name = "extension-apiserver-authentication";
    private static readonly GroupResource ConfigMaps = new("", "configmaps");
    private static readonly WriteOptions Writing = new() { FieldManager = "naru-access" };

    public async Task PublishAsync(CancellationToken cancellationToken)
    {
        var data = new MapValue
        {
            ["client-ca-file"] = certificates.ClientAuthority,
            ["requestheader-allowed-names"] = $"[{string.Join(",", options.FrontProxyNames.Select(static name => $"\"{name}\""))}]",
            ["requestheader-client-ca-file"] = certificates.FrontProxyAuthority,
            ["requestheader-extra-headers-prefix"] = "[\"X-Remote-Extra-\"]",
            ["requestheader-group-headers"] = "[\"X-Remote-Group\"]",
            ["requestheader-uid-headers"] = "[\"X-Remote-Uid\"]",
            ["requestheader-username-headers"] = "[\"X-Remote-User\"]",
        };
        if (objects.Value.Get(ConfigMaps, Namespace, Name) is not null)
        {
            await objects.Value.ChangeAsync(ConfigMaps, Namespace, Name, tree => Set(tree, data), Writing, cancellationToken);
            return;
        }

        var body = new MapValue { ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["metadata"] = new MapValue { ["name"] = Name, ["namespace"] = Namespace }, ["data"] = data };
        try
        {
            await objects.Value.CreateAsync(ConfigMaps, body, Writing, cancellationToken);
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.AlreadyExists)
        {
            // Another instance on the same store was quicker.
        }
    }

    private static bool Set(MapValue tree, MapValue data)
    {
        if (data.DeepEquals(tree["data"]))
        {
            return false;
        }

        tree["data"] = data.Clone();
        return true;
    }
}
