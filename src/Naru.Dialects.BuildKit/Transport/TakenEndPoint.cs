using System.Net;

namespace Naru.Dialects.BuildKit.Transport;

/// <summary>The end point of connections that come from another server instead of a socket.</summary>
internal sealed class TakenEndPoint : EndPoint
{
    public override string ToString() => "buildkit";
}
