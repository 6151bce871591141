namespace Naru.Objects.Access;

/// <summary>Makes tokens that lie in secrets of type <c>kubernetes.io/service-account-token</c>: without end, good as long as the secret holds them.</summary>
public interface ILegacyTokenIssuer
{
    /// <summary>The token for a secret of a service account.</summary>
    string IssueForSecret(string @namespace, string secretName, string serviceAccount, string serviceAccountUid);
}
