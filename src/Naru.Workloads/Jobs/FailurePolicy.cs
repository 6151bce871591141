using Naru.Objects.Values;
using Naru.Workloads.Pods;

namespace Naru.Workloads.Jobs;

/// <summary>What a failed pod means for its Job.</summary>
internal enum FailureAction
{
    /// <summary>One more failure towards the limit.</summary>
    Count,

    /// <summary>Nothing: the pod is replaced and not counted.</summary>
    Ignore,

    /// <summary>The pod's index fails.</summary>
    FailIndex,

    /// <summary>The job fails.</summary>
    FailJob,
}

/// <summary>The pod failure policy: the first rule that fits decides. Pure.</summary>
internal static class FailurePolicy
{
    public static (FailureAction Action, string Message) Judge(MapValue? policy, PodFacts pod)
    {
        var number = 0;
        foreach (var rule in policy?.Maps("rules") ?? [])
        {
            if (Matches(rule, pod) is { } why)
            {
                var action = rule.Text("action") switch
                {
                    "FailJob" => FailureAction.FailJob,
                    "FailIndex" => FailureAction.FailIndex,
                    "Ignore" => FailureAction.Ignore,
                    _ => FailureAction.Count,
                };
                return (action, $"{why} matching {rule.Text("action")} rule at index {number}");
            }

            number++;
        }

        return (FailureAction.Count, "");
    }

    private static string? Matches(MapValue rule, PodFacts pod)
    {
        if (rule.Map("onExitCodes") is { } codes)
        {
            var values = codes.List("values")?.OfType<IntegerValue>().Select(static one => one.Number).ToHashSet() ?? [];
            foreach (var container in pod.Tree.Maps("status", "initContainerStatuses").Concat(pod.Tree.Maps("status", "containerStatuses")))
            {
                var code = container.Integer("state", "terminated", "exitCode") ?? 0;
                var isMeant = codes.Text("containerName") is not { } name || name == container.Text("name");
                if (code != 0 && isMeant && values.Contains(code) == (codes.Text("operator") != "NotIn"))
                {
                    return $"Container {container.Text("name")} for pod {pod.Stored.Namespace}/{pod.Name} failed with exit code {code}";
                }
            }

            return null;
        }

        foreach (var wanted in rule.Maps("onPodConditions"))
        {
            if (pod.Tree.Maps("status", "conditions").Any(one => one.Text("type") == wanted.Text("type") && one.Text("status") == (wanted.Text("status") ?? "True")))
            {
                return $"Pod {pod.Stored.Namespace}/{pod.Name} has condition {wanted.Text("type")}";
            }
        }

        return null;
    }
}
