using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Naru.Access.Certificates;
using Naru.Objects.Access;

namespace Naru.Access.Authentication;

/// <summary>Clients with a certificate of the cluster's: the common name is the user, organisations are the groups. What was found is kept with the connection's certificate.</summary>
internal sealed class CertificateAuthenticator(ClusterPki pki, TimeProvider time)
{
    private readonly ConditionalWeakTable<X509Certificate2, Found> _found = [];

    public UserInfo? Authenticate(X509Certificate2 certificate)
    {
        var found = _found.GetValue(certificate, Check);
        return found.User is not null && time.GetUtcNow() < found.End ? found.User : null;
    }

    private Found Check(X509Certificate2 certificate)
    {
        if (!pki.IsClient(certificate))
        {
            return new Found(null, default);
        }

        var names = SubjectNames.Read(certificate.SubjectName);
        if (names.CommonName.Length == 0)
        {
            return new Found(null, default);
        }

        var user = new UserInfo
        {
            Name = names.CommonName,
            Uid = names.Uid,
            Groups = Groups.Authenticated(names.Organizations),
            Extra = ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty.Add(
                "authentication.kubernetes.io/credential-id", [$"X509SHA256={Convert.ToHexStringLower(SHA256.HashData(certificate.RawData))}"]),
        };
        return new Found(user, certificate.NotAfter);
    }

    private sealed record Found(UserInfo? User, DateTimeOffset End);
}
