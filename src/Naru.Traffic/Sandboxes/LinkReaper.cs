using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Naru.Traffic.Sandboxes;

/// <summary>
/// Waits until the interfaces of a torn-down sandbox are gone, then gives its addresses back. The kernel takes interfaces away with their
/// namespace, many at once and without holding anybody up, while a delete request costs some 20 ms under a lock that all network changes share; so
/// only what lingers (its namespace is still in use by another container) is deleted by request.
/// </summary>
internal sealed partial class LinkReaper(EndpointLinks links, EndpointMaker maker, TimeProvider clock, ILogger<LinkReaper> logger)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(400);

    // Unbounded: what waits here is bounded by the containers that there were.
    private readonly Channel<(EndpointDocument Endpoint, long Since)> _waiting = Channel.CreateUnbounded<(EndpointDocument, long)>(new UnboundedChannelOptions { SingleReader = true });
    private Task _running = Task.CompletedTask;

    internal void Start() => _running = Task.Run(ReapAsync);

    /// <param name="endpoints">What the sandbox had.</param>
    /// <param name="mayHaveLinks">False: nothing was made, the addresses are free now.</param>
    internal void Add(IEnumerable<EndpointDocument> endpoints, bool mayHaveLinks)
    {
        foreach (var endpoint in endpoints)
        {
            if (!mayHaveLinks || endpoint.HostLink.Length == 0 || !_waiting.Writer.TryWrite((endpoint, clock.GetTimestamp())))
            {
                maker.GiveBack(endpoint.Value);
            }
        }
    }

    /// <summary>Ends when everything that waited is gone.</summary>
    internal async Task StopAsync()
    {
        _waiting.Writer.TryComplete();
        await _running;
    }

    private async Task ReapAsync()
    {
        var pending = new List<(EndpointDocument Endpoint, long Since)>();
        while (pending.Count > 0 || await _waiting.Reader.WaitToReadAsync())
        {
            while (_waiting.Reader.TryRead(out var item))
            {
                pending.Add(item);
            }

            try
            {
                var present = links.ListHostLinks();
                foreach (var gone in pending.Where(item => !present.Contains(item.Endpoint.HostLink)).ToList())
                {
                    maker.GiveBack(gone.Endpoint.Value);
                    pending.Remove(gone);
                }

                var lingering = pending.Where(item => clock.GetElapsedTime(item.Since) > Patience).Select(static item => item.Endpoint.HostLink).ToList();
                if (lingering.Count > 0)
                {
                    links.DeleteHostLinks(lingering);
                }
            }
            catch (IOException failure)
            {
                LogFailed(failure.Message);
            }

            if (pending.Count > 0)
            {
                await Task.Delay(Look, clock);
            }
        }
    }

    [LoggerMessage(4030, LogLevel.Warning, "Interfaces of ended containers cannot be removed: {Reason}")]
    private partial void LogFailed(string reason);
}
