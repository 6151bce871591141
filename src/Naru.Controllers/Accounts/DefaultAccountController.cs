using Naru.Controllers.Namespaces;
using Naru.Controllers.Runtime;
using Naru.Objects.Api;

namespace Naru.Controllers.Accounts;

/// <summary>Makes the service account <c>default</c> in every namespace: pods that name no account run as it.</summary>
public sealed class DefaultAccountController(ControllerObjects objects) : IController
{
    private const string Account = "default";
    private static readonly WriteOptions Write = new() { FieldManager = "service-account-controller" };

    /// <inheritdoc/>
    public string Name => "serviceaccount";

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches => [WatchRule.Self(UpkeepResources.Namespaces), NamespaceKeys.OfNamed(UpkeepResources.ServiceAccounts, Account)];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (objects.Get(UpkeepResources.Namespaces, "", key.Name) is { } space && !space.IsEnding && objects.Get(UpkeepResources.ServiceAccounts, key.Name, Account) is null)
        {
            await objects.CreateAsync(UpkeepResources.ServiceAccounts, UpkeepResources.Body("v1", "ServiceAccount", key.Name, Account), Write, cancellationToken);
        }

        return Requeue.No;
    }
}
