using Microsoft.Extensions.DependencyInjection;
using Naru.Controllers.Runtime;
using Naru.Workloads.Autoscaling;
using Naru.Workloads.Collection;
using Naru.Workloads.CronJobs;
using Naru.Workloads.DaemonSets;
using Naru.Workloads.Deployments;
using Naru.Workloads.Disruption;
using Naru.Workloads.Jobs;
using Naru.Workloads.Objects;
using Naru.Workloads.Pods;
using Naru.Workloads.ReplicaSets;
using Naru.Workloads.Revisions;
using Naru.Workloads.StatefulSets;

namespace Naru.Workloads;

/// <summary>The controllers of workloads.</summary>
public static class WorkloadsExtensions
{
    /// <summary>Adds them to the controllers' runtime, which must be added too, as must the catalogue of resources. Autoscalers read <see cref="Naru.Objects.Metrics.IUsageReadings"/> and
    /// <see cref="Naru.Objects.Metrics.ICustomMetrics"/> where these are registered.</summary>
    public static IServiceCollection AddNaruWorkloads(this IServiceCollection services, WorkloadsOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<PodControl>();
        services.AddSingleton<ReplicaSetControl>();
        services.AddSingleton<IController>(static provider => ActivatorUtilities.CreateInstance<ReplicaSetController>(provider, WorkloadKind.ReplicaSet));
        services.AddSingleton<IController>(static provider => ActivatorUtilities.CreateInstance<ReplicaSetController>(provider, WorkloadKind.ReplicationController));
        services.AddSingleton<IController, DeploymentController>();
        services.AddSingleton<RevisionHistory>();
        services.AddSingleton<SetClaims>();
        services.AddSingleton<IController, StatefulSetController>();
        services.AddSingleton<IController, DaemonSetController>();
        services.AddSingleton<IController, JobController>();
        services.AddSingleton<IController, CronJobController>();
        services.AddSingleton<MetricReader>();
        services.AddSingleton<IController, AutoscalerController>();
        services.AddSingleton<IController, DisruptionController>();
        services.AddSingleton<IController, FinishedJobController>();
        services.AddSingleton<IController, PodCollector>();
        return services;
    }
}
