using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http.Features;
using Naru.Ingress.Listening;

namespace Naru.Ingress.Proxying;

/// <summary>What Kestrel calls for each request of a port: no pipeline between the server and the proxy.</summary>
internal sealed class ProxyApplication(PortFacts port, Proxy proxy, TimeProvider time) : IHttpApplication<Exchange>
{
    public Exchange CreateContext(IFeatureCollection contextFeatures)
    {
        Exchange exchange;
        if (contextFeatures is IHostContextContainer<Exchange> container)
        {
            exchange = container.HostContext ??= new Exchange(port);
        }
        else
        {
            exchange = new Exchange(port);
        }

        exchange.Begin(contextFeatures, time.GetTimestamp());
        return exchange;
    }

    public Task ProcessRequestAsync(Exchange context) => proxy.HandleAsync(context);

    public void DisposeContext(Exchange context, Exception? exception)
    {
        proxy.Ended(context);
        context.End();
    }
}
