using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Naru.Access.Auditing;
using Naru.Access.Authentication;
using Naru.Access.Certificates;
using Naru.Access.Oidc;
using Naru.Access.Roles;
using Naru.Access.Tokens;
using Naru.Core.Lifetime;
using Naru.Objects.Access;
using Naru.Objects.Admission;
using Naru.Objects.Api;

namespace Naru.Access;

/// <summary>Authentication, authorisation, tokens, certificates and the audit log.</summary>
public static class AccessServices
{
    /// <summary>Adds them. <see cref="EngineDirectories"/>, <see cref="TimeProvider"/> and <see cref="IObjects"/> must be registered.</summary>
    public static IServiceCollection AddNaruAccess(this IServiceCollection services, AccessOptions options)
    {
        services.AddSingleton(options);

        // The object core asks admission, and admission the object core: the circle is cut here.
        services.TryAddSingleton(static provider => new Lazy<IObjects>(provider.GetRequiredService<IObjects>));
        services.AddSingleton<ClusterPki>();
        services.AddSingleton<IClusterCertificates>(static provider => provider.GetRequiredService<ClusterPki>());
        services.AddSingleton<KubeconfigWriter>();
        services.AddSingleton<AuthenticationPublisher>();
        services.AddSingleton<CertificateAuthenticator>();
        services.AddSingleton<TokenCache>();
        services.AddSingleton<ITokenAuthenticator, StaticTokenAuthenticator>();
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<TokenIssuer>();
        services.AddSingleton<ITokenIssuer>(static provider => provider.GetRequiredService<TokenIssuer>());
        services.AddSingleton<ILegacyTokenIssuer>(static provider => provider.GetRequiredService<TokenIssuer>());
        services.AddSingleton<ITokenAuthenticator, ServiceAccountTokens>();
        services.AddSingleton<ITokenAuthenticator, LegacyTokens>();
        services.AddSingleton<ITokenAuthenticator, BootstrapTokens>();
        if (options.Oidc is { } oidc)
        {
            services.AddSingleton(oidc);
            services.AddSingleton<ITokenAuthenticator, OidcTokens>();
        }

        services.AddSingleton<IAuthenticator, Authenticator>();
        services.AddSingleton<IProxyAuthenticator, ProxyAuthenticator>();
        services.AddSingleton<RoleSource>();
        services.AddSingleton<RoleAuthorizer>();
        services.AddSingleton<NodePods>();
        services.AddSingleton<NodeAuthorizer>();
        services.AddSingleton<IAuthorizer, Authorizer>();
        services.AddSingleton<RoleReconciler>();
        services.AddSingleton<RoleAggregator>();
        services.AddSingleton<IAdmission, EscalationGuard>();
        if (options.SharesStore)
        {
            services.AddSingleton<SharedTrust>();
            services.AddSingleton<IEngineStage>(static provider => provider.GetRequiredService<SharedTrust>());
        }

        services.AddSingleton<AuditWriter>();
        services.AddSingleton<IAudit, AuditLog>();
        services.AddSingleton<IEngineStage, AuditStage>();
        services.AddSingleton<IEngineStage, AccessStage>();
        return services;
    }
}
