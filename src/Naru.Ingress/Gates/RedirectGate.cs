using Microsoft.AspNetCore.Http;
using Naru.Ingress.Proxying;

namespace Naru.Ingress.Gates;

/// <summary>Answers every request with another place.</summary>
internal sealed class RedirectGate(string location, int code) : IGate
{
    public ValueTask<bool> PassAsync(Exchange exchange)
    {
        Answer(exchange, code, location);
        return ValueTask.FromResult(false);
    }

    /// <summary>Writes a redirection.</summary>
    public static void Answer(Exchange exchange, int code, string location)
    {
        var response = exchange.Http.Response;
        exchange.EditAnswer(response.Headers);
        response.StatusCode = code;
        response.Headers.Location = location;
        response.ContentLength = 0;
    }
}

/// <summary>Sends who asks for the root to the application's own root.</summary>
internal sealed class RootGate(string location) : IGate
{
    public ValueTask<bool> PassAsync(Exchange exchange)
    {
        if (exchange.Path != "/")
        {
            return ValueTask.FromResult(true);
        }

        RedirectGate.Answer(exchange, StatusCodes.Status302Found, location);
        return ValueTask.FromResult(false);
    }
}
