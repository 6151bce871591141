using Naru.Dialects.Docker.Http;
using Naru.Dialects.Http.Access;

namespace Naru.Dialects.Docker.Access;

/// <summary>What an endpoint's policy leaves open of this API.</summary>
internal static class AccessRules
{
    /// <summary>GET and HEAD that do more than look: they open a way in or carry files out.</summary>
    private static readonly string[] NotReading =
    [
        "/containers/{id}/attach/ws", "/containers/{id}/archive", "/containers/{id}/export", "/images/get", "/images/{name*}/get", "/swarm/unlockkey",
        "/images/search", "/distribution/{name*}/json",
    ];

    /// <summary>POST that changes nothing.</summary>
    private static readonly string[] Reading = ["/containers/{id}/wait"];

    /// <summary>What only an endpoint without a label may do: it reaches beyond labelled objects.</summary>
    private static readonly string[] Unlabelled = ["/build", "/build/prune", "/images/load", "/images/get", "/images/{name*}/get", "/images/{name*}/push", "/commit", "/auth"];

    /// <exception cref="DockerException">403: the endpoint does not allow it.</exception>
    public static void CheckRoute(SocketAccessPolicy policy, string method, string pattern)
    {
        if (policy.IsFull)
        {
            return;
        }
        if (policy.ReadOnly && !IsReading(method, pattern))
        {
            throw DockerException.Forbidden($"this socket is read-only: {method} {pattern} is not allowed");
        }
        if (!policy.Labels.IsEmpty && Unlabelled.Contains(pattern))
        {
            throw DockerException.Forbidden($"this socket is limited to labelled objects: {method} {pattern} is not allowed");
        }
    }

    private static bool IsReading(string method, string pattern) =>
        method is "GET" or "HEAD" ? !NotReading.Contains(pattern) : Reading.Contains(pattern);
}
