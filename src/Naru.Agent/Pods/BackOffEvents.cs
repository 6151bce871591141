using Naru.Agent.Events;

namespace Naru.Agent.Pods;

/// <summary>Tells once of each wait of one pod's containers.</summary>
internal sealed class BackOffEvents(PodEvents events)
{
    private readonly HashSet<(string Container, string Kind, int Number)> _told = [];

    /// <summary>Tells of the waits that are new.</summary>
    public void Tell(PodSight sight)
    {
        foreach (var member in sight.Pod.Members)
        {
            if (sight.Failures.TryGetValue(member.Name, out var failure) && failure.Reason == "ImagePullBackOff" && _told.Add((member.Name, "pull", failure.Count)))
            {
                events.Container(sight.Pod, member, false, "BackOff", $"Back-off pulling image \"{member.Image}\"");
                events.Container(sight.Pod, member, true, "Failed", "Error: ImagePullBackOff");
            }

            if (sight.Latest(member.Name) is { HasEnded: true } ended && PodDecision.RunsAgain(sight.Pod, member, ended) && sight.RestartAt(ended) > sight.Now && _told.Add((member.Name, "start", ended.Attempt)))
            {
                events.Container(sight.Pod, member, true, "BackOff", $"Back-off restarting failed container {member.Name} in pod {sight.Pod.LogName}");
            }
        }
    }
}
