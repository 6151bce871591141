using System.Text;
using Naru.Controllers.Runtime;
using Naru.Core.Stores;

namespace Naru.Controllers.Services;

/// <summary>
/// Where several servers share a store each learns only a moment later which node ports the others have given out. For that moment a port is claimed in the store, under a lease, by a key that only one can make.
/// A claim of another server counts until the service that it is for has been seen here; from then on what stands decides.
/// </summary>
internal sealed class PortClaims(IStore store, ControllerRuntimeOptions options, ServiceAllocations allocations)
{
    private const string Prefix = "/claims/nodeports/";
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(30);

    /// <summary>Claims them for a service; gives the first that another server has given out meanwhile, or null.</summary>
    public async Task<string?> FirstLostAsync(IReadOnlyList<string> ports, Holder holder, CancellationToken cancellationToken)
    {
        if (ports.Count == 0)
        {
            return null;
        }

        var lease = await store.GrantLeaseAsync(Life, cancellationToken);
        var claim = Encoding.UTF8.GetBytes($"{options.Identity} {holder.Uid}");
        foreach (var port in ports)
        {
            if (!await TryClaimAsync(port, holder, claim, lease, cancellationToken))
            {
                await store.RevokeLeaseAsync(lease, cancellationToken);
                return port;
            }
        }

        return null;
    }

    private async Task<bool> TryClaimAsync(string port, Holder holder, byte[] claim, long lease, CancellationToken cancellationToken)
    {
        var key = Prefix + port;
        var standing = 0L;
        while (true)
        {
            var commit = await store.CommitAsync(new StoreTransaction { Conditions = [new(key, standing)], Writes = [new(key, claim, lease)] }, cancellationToken);
            if (commit.Succeeded)
            {
                return true;
            }

            var current = commit.Current.FirstOrDefault();
            if (current is not null && !MayOverride(Encoding.UTF8.GetString(current.Value.Span).Split(' '), port, holder))
            {
                return false;
            }

            standing = current?.Modified ?? 0;
        }
    }

    // Between the choice and this claim the watch may have told of the other's service.
    private bool MayOverride(string[] claim, string port, Holder holder) =>
        claim[0] == options.Identity || (claim.Length > 1 && allocations.HasSeen(claim[1]) && (allocations.HolderOf(port) is not { } standing || standing.Uid == holder.Uid));
}
