using System.Net;
using Microsoft.AspNetCore.Http;
using Naru.Ingress.Proxying;

namespace Naru.Ingress.Gates;

/// <summary>Lets in clients of some networks (none named: all) and keeps out those of others.</summary>
internal sealed class SourceGate(IPNetwork[] allowed, IPNetwork[] denied, ForwardedHeaders forwarded) : IGate
{
    public async ValueTask<bool> PassAsync(Exchange exchange)
    {
        var client = forwarded.ClientOf(exchange);
        if (!Array.Exists(denied, network => network.Contains(client)) && (allowed.Length == 0 || Array.Exists(allowed, network => network.Contains(client))))
        {
            return true;
        }

        await AnswerPages.WriteAsync(exchange, StatusCodes.Status403Forbidden, "This address is not let in.");
        return false;
    }
}
