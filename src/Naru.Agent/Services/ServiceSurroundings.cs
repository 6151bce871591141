using System.Net;
using Naru.Core.Traffic;
using Naru.Objects.Values;

namespace Naru.Agent.Services;

/// <summary>What few services need beside their routes: addresses on the host, health checks, a word about their protocol. Costs nothing for services that need neither.</summary>
internal sealed class ServiceSurroundings(IServiceAddresses addresses, HealthPorts health, SctpNotice sctp)
{
    private readonly HashSet<string> _balanced = new(StringComparer.Ordinal);
    private HashSet<IPAddress>? _announced;

    /// <summary>Brings both up to date after services changed. One caller at a time.</summary>
    /// <param name="changed">Keys of services that changed.</param>
    /// <param name="see">What is known of a service; null: it is no more.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task FollowAsync(IReadOnlyCollection<string> changed, Func<string, ServiceSight?> see, CancellationToken cancellationToken)
    {
        var concerned = _announced is null;
        foreach (var key in changed)
        {
            var seen = see(key);
            if (seen is not null)
            {
                await sctp.FollowAsync(seen.Service, cancellationToken);
            }

            var needs = seen is { } sight && (sight.Service.Text("spec", "type") == "LoadBalancer" || sight.Service.Integer("spec", "healthCheckNodePort") is > 0);
            concerned |= needs ? _balanced.Add(key) || needs : _balanced.Remove(key);
        }

        if (!concerned)
        {
            return;
        }

        var sights = _balanced.Select(see).OfType<ServiceSight>().ToList();
        var wanted = BalancerAddresses.Of(sights);
        if (_announced is null || !_announced.SetEquals(wanted))
        {
            await addresses.SetAsync(wanted, cancellationToken);
            _announced = wanted;
        }

        await health.SetAsync(sights);
    }
}
