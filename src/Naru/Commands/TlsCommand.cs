using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Naru.Linux.Files;
using Naru.Tls;

namespace Naru.Commands;

/// <summary><c>naru tls</c>: certificates of the instance's own authority for clients over TCP.</summary>
internal static class TlsCommand
{
    public static Command Create()
    {
        var command = new Command("tls", "Issue certificates for clients of --docker-tls-address") { CreateAuthority(), CreateClient() };
        return command;
    }

    private static Command CreateAuthority()
    {
        var command = new Command("ca", "Print the certificate of the instance's authority");
        command.AddSettings("data-dir");
        command.SetAction(parsed =>
        {
            Console.Out.Write(new CertificateAuthority(parsed.LoadSettings().DataDirectory, TimeProvider.System).CertificatePem());
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command CreateClient()
    {
        var name = new Argument<string>("NAME") { Description = "who the client is" };
        var target = new Option<string>("--out") { Description = "directory for ca.pem, cert.pem and key.pem", HelpName = "DIR", Required = true };
        var command = new Command("client", "Issue a client certificate: point DOCKER_CERT_PATH at the directory") { name, target };
        command.AddSettings("data-dir");
        command.SetAction(parsed =>
        {
            var authority = new CertificateAuthority(parsed.LoadSettings().DataDirectory, TimeProvider.System);
            var directory = Path.GetFullPath(parsed.GetRequiredValue(target));
            using var certificate = authority.IssueClient(parsed.GetRequiredValue(name));
            using var key = certificate.GetECDsaPrivateKey()!;
            Directory.CreateDirectory(directory);
            Write(directory, "key.pem", key.ExportECPrivateKeyPem());
            Write(directory, "cert.pem", certificate.ExportCertificatePem());
            Write(directory, "ca.pem", authority.CertificatePem().TrimEnd());
            Console.Out.WriteLine($"export DOCKER_CERT_PATH={directory} DOCKER_TLS_VERIFY=1");
            return ExitCodes.Success;
        });
        return command;
    }

    private static void Write(string directory, string name, string pem) =>
        AtomicFile.Replace(Path.Combine(directory, name), Encoding.ASCII.GetBytes(pem + "\n"));
}
