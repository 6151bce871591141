using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Http;
using Naru.Ingress.Proxying;

namespace Naru.Ingress.Gates;

/// <summary>So many requests of one client at once.</summary>
internal sealed class ConnectionGate(int most, ForwardedHeaders forwarded) : IGate
{
    private readonly ConcurrentDictionary<IPAddress, int> _running = new();

    public async ValueTask<bool> PassAsync(Exchange exchange)
    {
        var client = forwarded.ClientOf(exchange);
        if (_running.AddOrUpdate(client, 1, static (_, count) => count + 1) <= most)
        {
            exchange.Http.Response.OnCompleted(() =>
            {
                Leave(client);
                return Task.CompletedTask;
            });
            return true;
        }

        Leave(client);
        await AnswerPages.WriteAsync(exchange, StatusCodes.Status503ServiceUnavailable, "Too many requests from this address at once.");
        return false;
    }

    private void Leave(IPAddress client)
    {
        if (_running.AddOrUpdate(client, 0, static (_, count) => count - 1) <= 0)
        {
            _running.TryRemove(new KeyValuePair<IPAddress, int>(client, 0));
        }
    }
}
