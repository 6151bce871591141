namespace Naru.Dialects.Kubernetes.Server;

/// <summary>Answers requests for resources that another server has, or that open a stream to one.</summary>
internal interface IResourceForwarder
{
    /// <summary>This one answers the request. The resource of the exchange is found if it is one of this server's own.</summary>
    bool Takes(Exchange exchange);

    /// <summary>Answers.</summary>
    Task HandleAsync(Exchange exchange);
}
