using System.Security.Cryptography.X509Certificates;
using Naru.Core.Errors;
using Naru.Objects.Access;

namespace Naru.Controllers.Tests.Certificates;

/// <summary>Lets those do what a test says, and signs by writing down what was asked for.</summary>
public sealed class FakeAccess : IAuthorizer, IClusterCertificates
{
    /// <summary>Users who may, as <c>user subresource</c>.</summary>
    public HashSet<string> Allowed { get; } = [];

    /// <summary>Refuses to sign.</summary>
    public bool Refuses { get; set; }

    public X509Certificate2 Server => throw new NotSupportedException();

    public X509Certificate2 FrontProxyClient => throw new NotSupportedException();

    public X509Certificate2 KubeletClient => throw new NotSupportedException();

    public string ServerAuthority => "server authority";

    public string ClientAuthority => "client authority";

    public string FrontProxyAuthority => "proxy authority";

    public AccessDecision Authorize(AccessAttempt attempt) => new(Allowed.Contains($"{attempt.User.Name} {attempt.Subresource}"), false, "");

    public AccessRules RulesFor(UserInfo user, string @namespace) => throw new NotSupportedException();

    public ClientCredential IssueClient(string user, IReadOnlyList<string> groups, TimeSpan lifetime) => throw new NotSupportedException();

    public string Sign(string requestPem, IReadOnlyList<string> usages, TimeSpan lifetime) =>
        Refuses ? throw new NaruException(ErrorKind.InvalidArgument, "no") : $"signed for {string.Join(", ", usages)} for {lifetime}";
}
