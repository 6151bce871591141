using System.Net;

namespace Naru.Sockets;

/// <summary>Stands for all limited sockets together in the web server's list of endpoints.</summary>
internal sealed class LimitedSocketEndPoint : EndPoint
{
    public static readonly LimitedSocketEndPoint Only = new();

    private LimitedSocketEndPoint()
    {
    }

    public override string ToString() => "limited sockets";
}
