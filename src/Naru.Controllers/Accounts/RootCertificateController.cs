using Naru.Controllers.Namespaces;
using Naru.Controllers.Runtime;
using Naru.Objects.Access;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Accounts;

/// <summary>Keeps the certificate of the API server's authority in the config map <c>kube-root-ca.crt</c> of every namespace: pods trust the server by it.</summary>
public sealed class RootCertificateController(ControllerObjects objects, IClusterCertificates certificates) : IController
{
    private const string MapName = "kube-root-ca.crt";
    private const string Field = "ca.crt";
    private const string Description = "kubernetes.io/description";
    private const string Words = "Holds the certificate authority by which pods know the API server.";
    private static readonly WriteOptions Write = new() { FieldManager = "root-ca-certificate-publisher" };

    /// <inheritdoc/>
    public string Name => "root_ca_cert_publisher";

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches => [WatchRule.Self(UpkeepResources.Namespaces), NamespaceKeys.OfNamed(UpkeepResources.ConfigMaps, MapName)];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (objects.Get(UpkeepResources.Namespaces, "", key.Name) is not { } space || space.IsEnding)
        {
            return Requeue.No;
        }

        var authority = certificates.ServerAuthority;
        if (objects.Get(UpkeepResources.ConfigMaps, key.Name, MapName) is not { } map)
        {
            var body = UpkeepResources.Body("v1", "ConfigMap", key.Name, MapName);
            body.MakeMap("metadata")["annotations"] = new MapValue { [Description] = Words };
            body["data"] = new MapValue { [Field] = authority };
            await objects.CreateAsync(UpkeepResources.ConfigMaps, body, Write, cancellationToken);
        }
        else if (map.Tree.Text("data", Field) != authority || map.Tree.Map("data")!.Count != 1)
        {
            await objects.ChangeAsync(UpkeepResources.ConfigMaps, key.Name, MapName, tree => Restore(tree, authority), Write, cancellationToken);
        }

        return Requeue.No;
    }

    private static bool Restore(MapValue tree, string authority)
    {
        tree["data"] = new MapValue { [Field] = authority };
        tree.MakeMap("metadata").MakeMap("annotations").Default(Description, Words);
        return true;
    }
}
