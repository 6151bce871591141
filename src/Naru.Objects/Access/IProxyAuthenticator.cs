using System.Security.Cryptography.X509Certificates;

namespace Naru.Objects.Access;

/// <summary>Believes authenticating proxies in front of the API server about who asks.</summary>
public interface IProxyAuthenticator
{
    /// <summary>The user that the <c>X-Remote-</c> headers name, if the certificate is a front proxy's; null otherwise. The caller takes these headers off every request.</summary>
    UserInfo? FromProxy(X509Certificate2? certificate, IEnumerable<KeyValuePair<string, string>> headers);
}
