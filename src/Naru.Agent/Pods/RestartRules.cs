using Naru.Objects.Values;

namespace Naru.Agent.Pods;

/// <summary>A container's own rules about its exit codes, which go before its policy. Pure.</summary>
internal static class RestartRules
{
    private const string All = "RestartAllContainers";

    /// <summary>A rule says that it is to be started again.</summary>
    public static bool Restarts(PodMember member, PodContainer ended) => ActionOn(member, ended) is "Restart" or All;

    /// <summary>A rule says that with it everything of the pod is to be started again, init containers first.</summary>
    public static bool RestartsAll(PodMember member, PodContainer ended) => ActionOn(member, ended) == All;

    private static string? ActionOn(PodMember member, PodContainer ended) => ended is { HasEnded: true, Engine.Status.StartedAt: not null }
        ? member.Spec.Maps("restartPolicyRules").FirstOrDefault(rule => Matches(rule, ended.Engine.Status.ExitCode))?.Text("action")
        : null;

    private static bool Matches(MapValue rule, int code)
    {
        var isOneOf = rule.List("exitCodes", "values")?.OfType<IntegerValue>().Any(one => one.Number == code) == true;
        return rule.Text("exitCodes", "operator") switch
        {
            "In" => isOneOf,
            "NotIn" => !isOneOf,
            _ => false,
        };
    }
}
