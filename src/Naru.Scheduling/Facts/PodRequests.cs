using Naru.Objects.Values;

namespace Naru.Scheduling.Facts;

/// <summary>What a pod takes of a node: the most that it needs at any time of its life. Init containers run one after another and before the others, those that
/// restart (side-cars) go on beside all that start later. Requests for the pod as a whole go before sums over its containers; overhead is added last.</summary>
internal sealed class PodRequests(Resources resources)
{
    public Amounts Taken { get; private set; } = new(resources);

    public long ScoredCpu { get; private set; }

    public long ScoredMemory { get; private set; }

    public PodRequests Read(MapValue pod)
    {
        var spec = pod.Map("spec") ?? [];
        var whole = Amounts.Read(spec.Map("resources", "requests"), resources);
        var overhead = Amounts.Read(spec.Map("overhead"), resources);
        Taken = Most(pod, spec, assumed: false);
        Taken.Replace(whole);
        Taken.Add(overhead);
        var scored = Most(pod, spec, assumed: true);
        scored.Replace(whole);
        scored.Add(overhead);
        (ScoredCpu, ScoredMemory) = (scored[Resources.Cpu], scored[Resources.Memory]);
        return this;
    }

    private Amounts Most(MapValue pod, MapValue spec, bool assumed)
    {
        var infeasible = pod.Maps("status", "conditions").Any(static condition =>
            condition.Text("type") == "PodResizePending" && condition.Text("status") == "True" && condition.Text("reason") == "Infeasible");
        var sum = new Amounts(resources);
        foreach (var container in spec.Maps("containers"))
        {
            sum.Add(Of(container, StatusOf(pod, "containerStatuses", container), infeasible, assumed));
        }

        var sidecars = new Amounts(resources);
        var starting = new Amounts(resources);
        foreach (var container in spec.Maps("initContainers"))
        {
            var request = Of(container, StatusOf(pod, "initContainerStatuses", container), infeasible, assumed);
            if (container.Text("restartPolicy") == "Always")
            {
                sum.Add(request);
                sidecars.Add(request);
                starting.RaiseTo(sidecars);
            }
            else
            {
                var beside = sidecars.Copy();
                beside.Add(request);
                starting.RaiseTo(beside);
            }
        }

        sum.RaiseTo(starting);
        return sum;
    }

    private static MapValue? StatusOf(MapValue pod, string field, MapValue container)
    {
        var name = container.Text("name");
        return pod.Maps("status", field).FirstOrDefault(status => status.Text("name") == name);
    }

    // A container that is being resized takes the most of what it has, what it was promised and what it asks for, until the resize is done or refused.
    private Amounts Of(MapValue container, MapValue? status, bool infeasible, bool assumed)
    {
        var request = Amounts.Read(container.Map("resources", "requests"), resources);
        if (status?.Map("resources") is { } actual)
        {
            var has = Amounts.Read(actual.Map("requests"), resources);
            has.RaiseTo(Amounts.Read(status.Map("allocatedResources"), resources));
            if (!infeasible)
            {
                has.RaiseTo(request);
            }

            request = has;
        }

        if (assumed)
        {
            request[Resources.Cpu] = request[Resources.Cpu] == 0 ? Resources.UnaskedCpu : request[Resources.Cpu];
            request[Resources.Memory] = request[Resources.Memory] == 0 ? Resources.UnaskedMemory : request[Resources.Memory];
        }

        return request;
    }
}
