using System.Globalization;
using Naru.Controllers.Runtime;
using Naru.Objects.Api;

namespace Naru.Controllers.Certificates;

/// <summary>Deletes bootstrap tokens at their end. One whose end cannot be read has ended.</summary>
public sealed class BootstrapTokenCleaner(ControllerObjects objects, TimeProvider time) : IController
{
    /// <inheritdoc/>
    public string Name => "token_cleaner";

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches => [new(BootstrapSecrets.Resource, static (_, now, keys) =>
    {
        if (now is not null && BootstrapSecrets.Is(now))
        {
            keys.Add(ObjectKey.Of(now));
        }
    })];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (objects.Get(BootstrapSecrets.Resource, key.Namespace, key.Name) is not { } token || !BootstrapSecrets.Is(token) || token.IsEnding
            || BootstrapSecrets.Read(token.Tree, "expiration") is not { Length: > 0 } text)
        {
            return Requeue.No;
        }

        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end) && end > time.GetUtcNow())
        {
            return Requeue.In(end - time.GetUtcNow());
        }

        await objects.DeleteAsync(BootstrapSecrets.Resource, key.Namespace, key.Name, new DeleteOptions { Uid = token.Uid, Revision = token.Revision }, cancellationToken);
        return Requeue.No;
    }
}
