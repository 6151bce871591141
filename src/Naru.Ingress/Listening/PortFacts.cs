namespace Naru.Ingress.Listening;

/// <summary>What requests need to know about the socket that they came in by.</summary>
internal sealed class PortFacts(PortRoutes routes, bool isTls)
{
    /// <summary>Routes of this port.</summary>
    public PortRoutes Routes => routes;

    /// <summary>Whether TLS is spoken.</summary>
    public bool IsTls => isTls;

    public string Scheme { get; } = isTls ? "https" : "http";

    /// <summary>The port as the client sees it; known when the socket is open.</summary>
    public int Number { get; set; }

    /// <summary>The same as text.</summary>
    public string NumberText { get; set; } = "";
}
