using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Naru.Access.Certificates;
using Naru.Objects.Access;

namespace Naru.Access.Authentication;

/// <summary>Takes the word of proxies whose certificate the front proxy authority signed.</summary>
internal sealed class ProxyAuthenticator(ClusterPki pki, AccessOptions options) : IProxyAuthenticator
{
    private const string ExtraPrefix = "X-Remote-Extra-";

    public UserInfo? FromProxy(X509Certificate2? certificate, IEnumerable<KeyValuePair<string, string>> headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        if (certificate is null || !pki.IsFrontProxy(certificate))
        {
            return null;
        }

        if (options.FrontProxyNames.Count > 0 && !options.FrontProxyNames.Contains(SubjectNames.Read(certificate.SubjectName).CommonName))
        {
            return null;
        }

        var (name, uid) = ("", "");
        var groups = new List<string>();
        var extra = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var (header, value) in headers)
        {
            if (header.Equals("X-Remote-User", StringComparison.OrdinalIgnoreCase))
            {
                name = value;
            }
            else if (header.Equals("X-Remote-Uid", StringComparison.OrdinalIgnoreCase))
            {
                uid = value;
            }
            else if (header.Equals("X-Remote-Group", StringComparison.OrdinalIgnoreCase))
            {
                groups.Add(value);
            }
            else if (header.StartsWith(ExtraPrefix, StringComparison.OrdinalIgnoreCase))
            {
                var key = Uri.UnescapeDataString(header[ExtraPrefix.Length..].ToLowerInvariant());
                (extra.TryGetValue(key, out var list) ? list : extra[key] = []).Add(value);
            }
        }

        return name.Length == 0 ? null : new UserInfo
        {
            Name = name,
            Uid = uid,
            Groups = Groups.Authenticated(groups),
            Extra = extra.ToImmutableSortedDictionary(static one => one.Key, static one => one.Value.ToImmutableArray()),
        };
    }
}
