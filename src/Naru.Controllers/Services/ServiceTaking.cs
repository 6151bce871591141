using System.Globalization;
using Naru.Core.Errors;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Controllers.Services;

/// <summary>What one write of a service takes.</summary>
internal sealed class ServiceTaking(ServiceAllocations allocations, ServiceRanges ranges, Holder holder, IEnumerable<string> old)
{
    private readonly HashSet<string> _old = [.. old];
    private readonly HashSet<string> _refused = [];

    public Holder Holder => holder;

    /// <summary>Taken so far.</summary>
    public List<string> Taken { get; } = [];

    /// <summary>The service has it already.</summary>
    public bool IsOld(string key) => _old.Contains(key);

    public bool TryTake(string key)
    {
        if (_refused.Contains(key) || !allocations.TryTake(key, holder))
        {
            return false;
        }

        Taken.Add(key);
        return true;
    }

    /// <summary>Another server has given it out: it is not to be had.</summary>
    public void Refuse(string key) => _refused.Add(key);

    public void GiveBack(string key)
    {
        allocations.GiveBack(key, holder);
        Taken.Remove(key);
    }

    public void GiveBack()
    {
        foreach (var key in Taken.ToList())
        {
            GiveBack(key);
        }
    }

    /// <summary>Takes the ports on every node that a service of this type has: first those that were chosen, then any for the others.</summary>
    public void TakePorts(MapValue spec, FieldErrors errors)
    {
        var type = spec.Text("type");
        if (type is not ("NodePort" or "LoadBalancer"))
        {
            return;
        }

        var mine = new HashSet<long>();
        var index = 0;
        foreach (var port in spec.Maps("ports"))
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"spec.ports[{index++}].nodePort");
            if (port.Integer("nodePort") is > 0 and var chosen && mine.Add(chosen) && WhyNot(chosen) is { } reason)
            {
                errors.Invalid(path, chosen, reason);
            }
        }

        if (!errors.IsEmpty)
        {
            return;
        }

        if (type == "NodePort" || spec.Boolean("allocateLoadBalancerNodePorts") != false)
        {
            FillPorts(spec, mine);
        }

        if (type == "LoadBalancer" && spec.Text("externalTrafficPolicy") == "Local")
        {
            TakeHealthCheck(spec, errors);
        }
    }

    // The same number serves two ports of one service that differ in their protocol: DNS over TCP and UDP.
    private void FillPorts(MapValue spec, HashSet<long> mine)
    {
        var byPort = new Dictionary<(long, string), long>();
        foreach (var port in spec.Maps("ports").Where(static one => one.Integer("nodePort") is > 0))
        {
            byPort[(port.Integer("port") ?? 0, port.Text("protocol") ?? "TCP")] = port.Integer("nodePort")!.Value;
        }

        foreach (var port in spec.Maps("ports").Where(static one => one.Integer("nodePort") is null or 0))
        {
            var number = port.Integer("port") ?? 0;
            var protocol = port.Text("protocol") ?? "TCP";
            var shared = byPort.Where(one => one.Key.Item1 == number && one.Key.Item2 != protocol).Select(static one => one.Value).FirstOrDefault();
            var taken = shared > 0 ? shared : TakeAny(mine, "nodePort");
            mine.Add(taken);
            byPort[(number, protocol)] = taken;
            port["nodePort"] = taken;
        }
    }

    private void TakeHealthCheck(MapValue spec, FieldErrors errors)
    {
        if (spec.Integer("healthCheckNodePort") is > 0 and var chosen)
        {
            if (WhyNot(chosen) is { } reason)
            {
                errors.Invalid("spec.healthCheckNodePort", chosen, $"failed to allocate requested HealthCheck NodePort {chosen}: {reason}");
            }

            return;
        }

        spec["healthCheckNodePort"] = TakeAny([], "HealthCheck NodePort");
    }

    private string? WhyNot(long port)
    {
        if (IsOld(ServiceFacts.KeyOf((int)port)))
        {
            return null;
        }

        return !ranges.NodePorts.Contains(port) ? $"provided port is not in the valid range. The range of valid ports is {ranges.NodePorts}"
            : TryTake(ServiceFacts.KeyOf((int)port)) ? null
            : "provided port is already allocated";
    }

    private long TakeAny(HashSet<long> mine, string what)
    {
        foreach (var candidate in ranges.NodePorts.Candidates(Random.Shared))
        {
            var key = ServiceFacts.KeyOf(candidate);
            if (!mine.Contains(candidate) && !IsOld(key) && !Taken.Contains(key) && TryTake(key))
            {
                return candidate;
            }
        }

        throw new NaruException(ErrorKind.Internal, $"Internal error occurred: failed to allocate a {what}: range is full");
    }
}
