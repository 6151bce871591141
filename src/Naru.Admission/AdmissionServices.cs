using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Naru.Admission.Accounts;
using Naru.Admission.Certificates;
using Naru.Admission.Limits;
using Naru.Admission.Namespaces;
using Naru.Admission.Nodes;
using Naru.Admission.Pods;
using Naru.Admission.Policies;
using Naru.Admission.Quotas;
using Naru.Admission.Security;
using Naru.Admission.Storage;
using Naru.Admission.Webhooks;
using Naru.Core.Lifetime;
using Naru.Objects.Admission;
using Naru.Objects.Api;
using Naru.Objects.Resources;

namespace Naru.Admission;

/// <summary>The built-in rules that look at writes before they are made.</summary>
public static class AdmissionServices
{
    /// <summary>Adds them. <see cref="TimeProvider"/>, <see cref="IObjects"/>, <see cref="Naru.Objects.Access.IAuthorizer"/> and <see cref="IResourceCatalogue"/> must be registered.</summary>
    public static IServiceCollection AddNaruAdmission(this IServiceCollection services, AdmissionOptions options)
    {
        services.AddSingleton(options);

        // The object core asks admission, and admission the object core: the circle is cut here.
        services.TryAddSingleton(static provider => new Lazy<IObjects>(provider.GetRequiredService<IObjects>));
        services.TryAddSingleton(static provider => new Lazy<IResourceCatalogue>(provider.GetRequiredService<IResourceCatalogue>));
        services.TryAddSingleton(static provider => new Lazy<IObjectConversion?>(provider.GetService<IObjectConversion>));
        services.AddSingleton<QuotaReturns>();
        services.AddSingleton<IAdmission, NamespaceLifecycle>();
        services.AddSingleton<IAdmission, ServiceAccountRule>();
        services.AddSingleton<IAdmission, RuntimeClassRule>();
        services.AddSingleton<IAdmission, LimitRangeRule>();
        services.AddSingleton<IAdmission, DefaultStorageClassRule>();
        services.AddSingleton<IAdmission, DefaultIngressClassRule>();
        services.AddSingleton<IAdmission, InUseProtectionRule>();
        services.AddSingleton<IAdmission, ClaimResizeRule>();
        services.AddSingleton<IAdmission, PriorityRule>();
        services.AddSingleton<IAdmission, TolerationRule>();
        services.AddSingleton<IAdmission, NewNodeRule>();
        services.AddSingleton<IAdmission, PodSecurityRule>();
        services.AddSingleton<IAdmission, NodeRestrictionRule>();
        services.AddSingleton<IAdmission, OwnerReferenceRule>();
        services.AddSingleton<IAdmission, SignerRules>();
        services.AddSingleton<IAdmission, QuotaRule>();
        services.AddSingleton<ServiceEndpoints>().AddSingleton<WebhookClients>().AddSingleton<ObjectVersions>().AddSingleton<WebhookInvoker>();
        services.TryAddSingleton<IWebhookCaller, WebhookCaller>();
        services.AddSingleton<PolicyMatcher>().AddSingleton<PolicyParameters>().AddSingleton<ObjectSchemas>().AddSingleton<PolicyTypeChecks>();
        services.AddSingleton<IAdmission, PolicyChecks>();
        services.AddSingleton<IAdmission, MutatingPolicies>();
        services.AddSingleton<IAdmission, ValidatingPolicies>();
        services.AddSingleton<IEngineStage, PolicyStatusStage>();
        services.AddSingleton<IAdmission, MutatingWebhooks>();
        services.AddSingleton<IAdmission, ValidatingWebhooks>();
        services.AddSingleton<IEngineStage, AdmissionStage>();
        return services;
    }
}
