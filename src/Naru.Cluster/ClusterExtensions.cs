using Microsoft.Extensions.DependencyInjection;
using Naru.Cluster.Caching;
using Naru.Cluster.Catalogue;
using Naru.Cluster.CustomResources;
using Naru.Cluster.Deleting;
using Naru.Cluster.Forms;
using Naru.Cluster.Reading;
using Naru.Cluster.SchemaRules;
using Naru.Cluster.Serving;
using Naru.Cluster.Subresources;
using Naru.Cluster.Telemetry;
using Naru.Cluster.Writing;
using Naru.Core.Lifetime;
using Naru.Objects.Api;
using Naru.Objects.Resources;

namespace Naru.Cluster;

/// <summary>The object core.</summary>
public static class ClusterExtensions
{
    /// <summary>Adds <see cref="IObjects"/>, <see cref="IObjectApi"/> and <see cref="IResourceCatalogue"/>. Needs IStore, IKinds, TimeProvider, logging; uses IAdmission, IAuthorizer, IAuthenticator and ITokenIssuer where there are any.</summary>
    public static IServiceCollection AddNaruCluster(this IServiceCollection services, ClusterOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<CacheSettings>().AddSingleton<ObjectCaches>().AddSingleton<RevisionGate>();
        services.AddSingleton<IEngineStage, CacheFeed>();
        services.AddSingleton<ServedResources>().AddSingleton<IResourceCatalogue>(static provider => provider.GetRequiredService<ServedResources>());
        services.AddSingleton<ClusterMeter>();
        services.AddSingleton<IEngineStage, DefinitionStage>().AddSingleton<CustomConversion>();
        services.AddSingleton<IObjectConversion>(static provider => provider.GetRequiredService<CustomConversion>());
        services.AddSingleton<ISchemaRules, CelSchemaRules>().AddSingleton<SchemaBook>().AddSingleton<ObjectForms>();
        services.AddSingleton<ObjectStore>().AddSingleton<AdmissionChain>().AddSingleton<BodyReader>().AddSingleton<FieldTracking>().AddSingleton<KindChecks>();
        services.AddSingleton<ObjectCreation>().AddSingleton<ObjectChanging>().AddSingleton<ObjectPatching>().AddSingleton<ObjectDeletion>();
        services.AddSingleton<Freshness>().AddSingleton<ObjectLists>().AddSingleton<ObjectWatches>();
        services.AddSingleton<PodBindings>().AddSingleton<ScaleWrites>();
        services.AddSingleton<ICreateAct, BindingAct>().AddSingleton<ICreateAct, EvictionAct>().AddSingleton<ICreateAct, TokenAct>().AddSingleton<ICreateAct, ReviewAct>();
        services.AddSingleton<ObjectApi>().AddSingleton<IObjectApi>(static provider => provider.GetRequiredService<ObjectApi>());
        services.AddSingleton<ObjectsPort>().AddSingleton<IObjects>(static provider => provider.GetRequiredService<ObjectsPort>());
        return services;
    }
}
