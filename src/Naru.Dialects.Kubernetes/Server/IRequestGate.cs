namespace Naru.Dialects.Kubernetes.Server;

/// <summary>Lets requests in, one after the other where there are too many.</summary>
internal interface IRequestGate
{
    /// <summary>Waits for a place. Refuses with 429 when there is none to be had. The place is given back by disposing.</summary>
    ValueTask<IDisposable?> EnterAsync(Exchange exchange);
}
