using System.Net;
using Naru.Objects.Values;

namespace Naru.Ingress.Backends;

/// <summary>The endpoints that slices say. Pure.</summary>
internal static class SliceEndpoints
{
    /// <summary>The ready ones; where there are none, those that end but still serve. Of a pod with addresses of both families one is taken.</summary>
    public static Endpoint[] Of(IEnumerable<MapValue> slices, string portName)
    {
        var ready = new Dictionary<string, Endpoint>();
        var serving = new Dictionary<string, Endpoint>();

        // The first family that has the pod counts: a second address is the same server again.
        foreach (var slice in slices.OrderBy(static one => one.Text("addressType"), StringComparer.Ordinal))
        {
            var port = slice.Maps("ports").FirstOrDefault(one => (one.Text("name") ?? "") == portName)?.Integer("port");
            if (port is null or < 1 or > 65535 || slice.Text("addressType") is not ("IPv4" or "IPv6"))
            {
                continue;
            }

            foreach (var one in slice.Maps("endpoints"))
            {
                var isReady = one.Boolean("conditions", "ready") ?? true;
                var serves = one.Boolean("conditions", "serving") ?? isReady;
                if ((isReady || serves) && IPAddress.TryParse((one.List("addresses")?.Texts() ?? []).FirstOrDefault(), out var address))
                {
                    (isReady ? ready : serving).TryAdd(one.Text("targetRef", "uid") ?? address.ToString(), new(address, (int)port));
                }
            }
        }

        return [.. (ready.Count > 0 ? ready : serving).Values.OrderBy(static one => one.Address.ToString(), StringComparer.Ordinal)];
    }
}
