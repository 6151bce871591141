using System.Collections.Concurrent;
using System.Net.Security;

namespace Naru.Images.Registries;

/// <summary>
/// HTTP to hosts, one pool of connections each. Redirects are not followed here: who follows them must take care of credentials. Certificates are
/// read when a host is first spoken to, and again after they changed.
/// </summary>
internal sealed class RegistryTransport(ImagesOptions options) : IDisposable
{
    private readonly ConcurrentDictionary<(string Host, bool IsInsecure, DateTime Certificates), Lazy<HttpMessageInvoker>> _clients = new();

    internal HttpMessageInvoker Get(string host, bool insecure)
    {
        var directories = options.CertificateDirectories.Select(directory => Path.Combine(directory, host)).Where(Directory.Exists).ToArray();
        var changed = directories.Select(Directory.GetLastWriteTimeUtc).DefaultIfEmpty().Max();
        return _clients.GetOrAdd((host, insecure, changed), key => new(() => Make(directories, key.IsInsecure))).Value;
    }

    public void Dispose()
    {
        foreach (var client in _clients.Values.Where(client => client.IsValueCreated))
        {
            client.Value.Dispose();
        }
    }

    private HttpMessageInvoker Make(string[] directories, bool insecure)
    {
        var (authorities, own) = RegistryCertificates.Read(directories);
        return new(new ConnectionFailures(options.ConnectTimeout, new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = options.ConnectTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            SslOptions = new()
            {
                ClientCertificates = own,
                RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                    insecure || errors == SslPolicyErrors.None || RegistryCertificates.IsSignedBy(authorities, certificate, chain, errors),
            },
        }));
    }
}
