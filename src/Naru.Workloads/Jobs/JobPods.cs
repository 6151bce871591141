using System.Globalization;
using Naru.Controllers.Runtime;
using Naru.Objects.Api;
using Naru.Objects.Values;
using Naru.Workloads.Objects;
using Naru.Workloads.Pods;

namespace Naru.Workloads.Jobs;

/// <summary>A Job's pods: their bodies and what is noted on them. Pure.</summary>
internal static class JobPods
{
    public const string Finalizer = "batch.kubernetes.io/job-tracking";
    public const string IndexAnnotation = "batch.kubernetes.io/job-completion-index";
    private const string FailuresAnnotation = "batch.kubernetes.io/job-index-failure-count";
    private const string IgnoredAnnotation = "batch.kubernetes.io/job-index-ignored-failure-count";

    public static bool IsTracked(PodFacts pod) => pod.Tree.List("metadata", "finalizers")?.Texts().Contains(Finalizer) == true;

    public static int? IndexOf(PodFacts pod) => int.TryParse(pod.Annotation(IndexAnnotation), NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;

    /// <summary>How often the pod's index had failed before the pod.</summary>
    public static int FailuresBefore(PodFacts pod) => int.TryParse(pod.Annotation(FailuresAnnotation), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;

    /// <summary>When the pod ended; its creation if nobody says.</summary>
    public static DateTimeOffset EndOf(PodFacts pod)
    {
        var end = pod.Tree.Maps("status", "containerStatuses").Select(static one => one.Time("state", "terminated", "finishedAt")).Max();
        return end ?? pod.Tree.Maps("status", "conditions").Where(static one => one.Text("type") == "Ready").Select(static one => one.Time("lastTransitionTime")).FirstOrDefault()
            ?? pod.Tree.Time("metadata", "deletionTimestamp") ?? pod.Created;
    }

    /// <summary>A pod to be made, for an index or (null) for none.</summary>
    public static MapValue ToPod(StoredObject job, JobSpec spec, int? index, int failures)
    {
        var pod = PodTemplates.ToPod(spec.Template, job, WorkloadKind.Job);
        var metadata = pod.Map("metadata")!;
        var finalizers = metadata.MakeList("finalizers");
        finalizers.Add(Finalizer);
        if (index is not { } number)
        {
            metadata["generateName"] = job.Name + "-";
            return pod;
        }

        metadata["generateName"] = $"{job.Name}-{number.Text()}-";
        metadata.MakeMap("annotations")[IndexAnnotation] = number.Text();
        metadata.MakeMap("labels")[IndexAnnotation] = number.Text();
        if (spec.BackoffLimitPerIndex is not null)
        {
            metadata.MakeMap("annotations")[FailuresAnnotation] = failures.Text();
            metadata.MakeMap("annotations")[IgnoredAnnotation] = "0";
        }

        var body = pod.Map("spec")!;
        body.Default("hostname", $"{job.Name}-{number.Text()}");
        foreach (var container in body.Maps("containers").Concat(body.Maps("initContainers")))
        {
            AddIndex(container);
        }

        return pod;
    }

    private static void AddIndex(MapValue container)
    {
        var variables = container.MakeList("env");
        if (variables.Maps().All(static one => one.Text("name") != "JOB_COMPLETION_INDEX"))
        {
            variables.Add(new MapValue(2)
            {
                ["name"] = "JOB_COMPLETION_INDEX",
                ["valueFrom"] = new MapValue(1) { ["fieldRef"] = new MapValue(2) { ["apiVersion"] = "v1", ["fieldPath"] = $"metadata.labels['{IndexAnnotation}']" } },
            });
        }
    }
}
