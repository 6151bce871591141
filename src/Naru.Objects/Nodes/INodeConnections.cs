namespace Naru.Objects.Nodes;

/// <summary>Ways to the agents of nodes that are shorter than the network: those in this process, or connected to it from inside a private network. Any thread.</summary>
public interface INodeConnections
{
    /// <summary>A new connection to the agent of a node on which its HTTP/1.1 API is spoken (that of a kubelet: <c>/exec</c>, <c>/attach</c>, <c>/portForward</c>, <c>/containerLogs</c>,
    /// <c>/pods</c>…), already trusted, without TLS. Null if the node is to be reached at its address. Unavailable if its agent is known and does not answer.</summary>
    ValueTask<Stream?> ConnectAsync(string node, CancellationToken cancellationToken);
}
