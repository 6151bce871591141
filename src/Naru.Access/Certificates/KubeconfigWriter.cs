using System.Text;
using Naru.Core.Lifetime;
using Naru.Objects.Access;

namespace Naru.Access.Certificates;

/// <summary>Writes <c>RUN/kubeconfig</c>: where the API server is, whom to trust, and an administrator's certificate.</summary>
public sealed class KubeconfigWriter(IClusterCertificates certificates, EngineDirectories directories)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);

    /// <summary>The file.</summary>
    public string Path => directories.RunPath("kubeconfig");

    /// <summary>Writes the file (0600) for an API server at this address, with a certificate that is good for a year, and says where it is.</summary>
    public string Write(Uri server)
    {
        PrivateFile.Replace(Path, Encoding.UTF8.GetBytes(Make(server, "kubernetes-admin", ["system:masters"])));
        return Path;
    }

    /// <summary>The text of a file for any user.</summary>
    public string Make(Uri server, string user, IReadOnlyList<string> groups)
    {
        ArgumentNullException.ThrowIfNull(server);
        var credential = certificates.IssueClient(user, groups, Lifetime);
        return $"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: naru
              cluster:
                server: {server.GetLeftPart(UriPartial.Authority)}
                certificate-authority-data: {Base64(certificates.ServerAuthority)}
            users:
            - name: {user}
              user:
                client-certificate-data: {Base64(credential.CertificatePem)}
                client-key-data: {Base64(credential.KeyPem)}
            contexts:
            - name: naru
              context:
                cluster: naru
                user: {user}
            current-context: naru

            """;
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));
}
