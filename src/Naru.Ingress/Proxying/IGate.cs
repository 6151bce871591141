namespace Naru.Ingress.Proxying;

/// <summary>A rule of a route that requests must pass before they are forwarded.</summary>
internal interface IGate
{
    /// <summary>True: the request goes on. False: the gate has answered it.</summary>
    ValueTask<bool> PassAsync(Exchange exchange);
}
