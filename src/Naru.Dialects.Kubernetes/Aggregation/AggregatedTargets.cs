using Naru.Dialects.Kubernetes.Forwarding;
using Naru.Objects.Access;

namespace Naru.Dialects.Kubernetes.Aggregation;

/// <summary>Finds the server of an APIService, and says who asks in the headers that it believes from this server's certificate.</summary>
internal sealed class AggregatedTargets(ServiceTargets services, IEnumerable<IClusterCertificates> certificates)
{
    private readonly IClusterCertificates? _certificates = certificates.FirstOrDefault();

    /// <summary>The server. Fails as <see cref="ServiceTargets.Find"/> does.</summary>
    public Upstream Find(ApiService service)
    {
        var (host, port) = services.Find(service.ServiceNamespace, service.ServiceName, service.ServicePort.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return new Upstream
        {
            Scheme = "https",
            Host = host,
            Port = port,
            ServerName = service.SkipsCheck ? "" : $"{service.ServiceName}.{service.ServiceNamespace}.svc",
            SplitsHeaders = true,
            Authorities = service.Authorities,
            Certificate = _certificates is { } own ? () => own.FrontProxyClient : null,
        };
    }

    /// <summary>The headers that name a user.</summary>
    public static IEnumerable<KeyValuePair<string, string>> HeadersOf(UserInfo user)
    {
        yield return new("X-Remote-User", user.Name);
        if (user.Uid.Length > 0)
        {
            yield return new("X-Remote-Uid", user.Uid);
        }

        if (!user.Groups.IsDefaultOrEmpty)
        {
            yield return new("X-Remote-Group", string.Join(HeaderLineStream.Separator, user.Groups));
        }

        foreach (var (key, values) in user.Extra)
        {
            yield return new($"X-Remote-Extra-{Uri.EscapeDataString(key)}", string.Join(HeaderLineStream.Separator, values));
        }
    }
}
