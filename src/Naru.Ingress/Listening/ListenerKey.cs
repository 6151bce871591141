using System.Net;

namespace Naru.Ingress.Listening;

/// <summary>A socket that somebody wants.</summary>
internal readonly record struct ListenerKey(IPEndPoint Address, bool IsTls)
{
    public override string ToString() => $"{(IsTls ? "https" : "http")}://{Address}";
}
