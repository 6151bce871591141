using System.Collections.Immutable;
using Naru.Core.Containers;
using Naru.Core.Networks;
using Naru.Linux.Namespaces;
using Naru.Traffic.Ports;

namespace Naru.Traffic.Sandboxes;

/// <summary>What happens to sandboxes when naru starts again.</summary>
internal sealed partial class SandboxKeeper
{
    /// <summary>Reads what is on disk: addresses are taken and rules noted, so that traffic goes on until it is known who lives.</summary>
    internal void Load()
    {
        foreach (var document in _files.Load(LogBroken))
        {
            var sandbox = new LiveSandbox(document) { MayHaveLinks = true };
            _sandboxes[document.Container] = sandbox;
            foreach (var (network, endpoint) in sandbox.Places(catalog))
            {
                maker.Retake(network, endpoint.Value);
                catalog.SetEndpoint(network, endpoint.Value);
            }

            if (PublishingPlace(sandbox) is { } place)
            {
                sandbox.Rules = Publisher.Rules(document.Ports, place.Endpoint.Value);
                rules.Expect(sandbox.Rules);
            }
        }

        namespaces.Sweep(_sandboxes.Values.SelectMany(static sandbox => (string[])[sandbox.Document.NamespacePath, sandbox.Document.UserNamespacePath]).ToHashSet(StringComparer.Ordinal));
        var known = _sandboxes.Values.SelectMany(static sandbox => sandbox.Document.Endpoints).Select(static endpoint => endpoint.HostLink).ToHashSet(StringComparer.Ordinal);
        links.DeleteHostLinks([.. links.ListHostLinks().Where(link => !known.Contains(link))]);
    }

    public async Task<ImmutableDictionary<ContainerId, SandboxNetwork>> AdoptAsync(IReadOnlyCollection<SandboxRequest> live, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(live);
        var adopted = ImmutableDictionary.CreateBuilder<ContainerId, SandboxNetwork>();
        var requests = live.ToDictionary(static request => request.Container);
        foreach (var (container, sandbox) in _sandboxes.ToArray())
        {
            if (requests.TryGetValue(container, out var request) && TryAdopt(sandbox, request))
            {
                adopted[container] = sandbox.Value;
            }
            else
            {
                LogSweeping(container.Short);
                await TearDownAsync(container, cancellationToken);
            }
        }

        return adopted.ToImmutable();
    }

    private bool TryAdopt(LiveSandbox sandbox, SandboxRequest request)
    {
        if (sandbox.Document.NamespacePath.Length > 0 && sandbox.Namespace is null)
        {
            if (!NetworkNamespace.IsBound(sandbox.Document.NamespacePath) || (sandbox.Document.UserNamespacePath.Length > 0 && !NetworkNamespace.IsBound(sandbox.Document.UserNamespacePath)))
            {
                return false;
            }

            sandbox.Namespace = NetworkNamespace.Open(sandbox.Document.NamespacePath);
        }

        if (sandbox.Reservations.Count == 0 && PublishingPlace(sandbox) is { } place)
        {
            sandbox.Reservations.AddRange(publisher.Rekeep(sandbox.Document.Ports, port => LogPortLost(port.HostAddress, port.HostPort, request.Container.Short)));
            publisher.Relay(sandbox.Reservations, place.Endpoint.Value);
        }

        names.Refresh(sandbox, request);
        sandbox.Value = Describe(sandbox);
        return true;
    }
}
