namespace Naru.Dialects.Kubernetes.Server;

/// <summary>Answers paths that are no resources.</summary>
internal interface IPathEndpoint
{
    /// <summary>This one answers the path.</summary>
    bool Takes(string path);

    /// <summary>Answers.</summary>
    Task HandleAsync(Exchange exchange);
}
