using Microsoft.AspNetCore.Http;
using Naru.Ingress.Proxying;

namespace Naru.Ingress.Gates;

/// <summary>Stands where a rule that should keep people out cannot be read: nobody comes in.</summary>
internal sealed class ClosedGate : IGate
{
    public static readonly ClosedGate Only = new();

    public async ValueTask<bool> PassAsync(Exchange exchange)
    {
        await AnswerPages.WriteAsync(exchange, StatusCodes.Status503ServiceUnavailable, "The rule that guards this place cannot be read.");
        return false;
    }
}
