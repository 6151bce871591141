using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Naru.Core.Lifetime;
using Naru.Ingress.Backends;
using Naru.Ingress.Certificates;
using Naru.Ingress.Direct;
using Naru.Ingress.Following;
using Naru.Ingress.Gateways;
using Naru.Ingress.Gateways.Definitions;
using Naru.Ingress.Ingresses;
using Naru.Ingress.Lean;
using Naru.Ingress.Listening;
using Naru.Ingress.Proxying;

namespace Naru.Ingress;

/// <summary>The ingress: HTTP from outside to pods.</summary>
public static class IngressExtensions
{
    /// <summary>Adds it. <see cref="Naru.Objects.Api.IObjects"/> and <see cref="TimeProvider"/> must be registered.</summary>
    public static IServiceCollection AddNaruIngress(this IServiceCollection services, IngressOptions options)
    {
        services.AddSingleton(options);
        services.AddHttpForwarder();
        services.AddSingleton<UpstreamClients>();
        services.AddSingleton<ForwardedHeaders>();
        services.AddSingleton<Forwarding>();
        services.AddSingleton<AccessLog>();
        services.AddSingleton<Proxy>();
        services.AddSingleton<CounterTable>();
        services.AddSingleton<IngressMeter>();
        services.TryAddSingleton<LookUpName>(static _ => static (name, cancellationToken) => Dns.GetHostAddressesAsync(name, cancellationToken));
        services.AddSingleton<ExternalNames>();
        services.AddSingleton<BackendTable>();
        services.AddSingleton<SecretCertificates>();
        services.AddSingleton<ListenerSet>();
        services.AddSingleton<IngressClasses>();
        services.AddSingleton<IngressPolicies>();
        services.AddSingleton<IngressCompiler>();
        services.AddSingleton<IngressSet>();
        services.AddSingleton<MirrorSender>();
        services.AddSingleton<SocketLoops>();
        services.AddSingleton<ConnectionPool>();
        services.AddSingleton<LeanForwarding>();
        services.AddSingleton<DirectServing>();
        services.AddSingleton<ReferenceGrants>();
        services.AddSingleton<ListenerJudge>();
        services.AddSingleton<RuleCompiler>();
        services.AddSingleton<RouteAttachment>();
        services.AddSingleton<GatewaySet>();
        services.AddSingleton<GatewayStatuses>();
        services.AddSingleton<DefinitionKeeper>();
        services.AddSingleton<PublishedAddresses>();
        services.AddSingleton<IngressStatuses>();
        services.AddSingleton<IngressLoop>();
        services.AddSingleton<IEngineStage, IngressStage>();
        return services;
    }
}
