using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Ingress.Certificates;

/// <summary>The certificates in secrets that something names: read when named, and again whenever the secret changes. One thread writes.</summary>
internal sealed partial class SecretCertificates(IObjects objects, ILogger<SecretCertificates> logger)
{
    private readonly Dictionary<(string Namespace, string Name), SecretCertificate> _all = [];

    /// <summary>The certificate in a secret: the same object for ever, whatever becomes of the secret.</summary>
    public SecretCertificate For(string @namespace, string name)
    {
        if (!_all.TryGetValue((@namespace, name), out var certificate))
        {
            certificate = _all[(@namespace, name)] = new SecretCertificate($"{@namespace}/{name}");
            Read(certificate, objects.Get(IngressResources.Secrets, @namespace, name));
        }

        return certificate;
    }

    /// <summary>A secret changed. True if somebody names it.</summary>
    public bool Changed(string @namespace, string name)
    {
        if (!_all.TryGetValue((@namespace, name), out var certificate))
        {
            return false;
        }

        Read(certificate, objects.Get(IngressResources.Secrets, @namespace, name));
        return true;
    }

    private void Read(SecretCertificate certificate, StoredObject? secret)
    {
        try
        {
            certificate.Identity = secret is null ? null : ServerIdentity.FromPem(TextOf(secret, "tls.crt"), TextOf(secret, "tls.key"));
            certificate.Problem = secret is null ? "the secret does not exist" : "";
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException or ArgumentException)
        {
            // What was there before still serves: half a change of certificates must not take a site away.
            certificate.Problem = exception.Message;
            LogBroken(certificate.Secret, exception.Message);
        }
    }

    private static string TextOf(StoredObject secret, string field) => Encoding.ASCII.GetString(Convert.FromBase64String(secret.Tree.Text("data", field) ?? throw new FormatException($"it has no {field}")));

    [LoggerMessage(18040, LogLevel.Warning, "The certificate in secret {Secret} cannot be used: {Reason}")]
    private partial void LogBroken(string secret, string reason);
}

/// <summary>What a secret holds now.</summary>
internal sealed class SecretCertificate(string secret)
{
    private volatile ServerIdentity? _identity;

    /// <summary>Namespace and name.</summary>
    public string Secret => secret;

    /// <summary>The certificate; null where there is none.</summary>
    public ServerIdentity? Identity
    {
        get => _identity;
        set => _identity = value;
    }

    /// <summary>Why the secret as it is now cannot be used; empty if it can.</summary>
    public string Problem { get; set; } = "";
}
