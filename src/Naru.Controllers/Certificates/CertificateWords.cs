using Naru.Controllers.Runtime;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Controllers.Certificates;

/// <summary>CertificateSigningRequests as their controllers read and write them.</summary>
internal static class CertificateWords
{
    public static readonly GroupResource Requests = new("certificates.k8s.io", "certificatesigningrequests");

    /// <summary>It has a condition of this type.</summary>
    public static bool Is(this MapValue request, string type) => request.Maps("status", "conditions").Any(one => one.Text("type") == type);

    /// <summary>When a condition of this type was set; null if it was not.</summary>
    public static DateTimeOffset? Since(this MapValue request, string type) =>
        request.Maps("status", "conditions").FirstOrDefault(one => one.Text("type") == type) is { } condition
            ? condition.Time("lastUpdateTime") ?? condition.Time("lastTransitionTime") ?? request.Time("metadata", "creationTimestamp")
            : null;

    /// <summary>A certificate was given.</summary>
    public static bool HasCertificate(this MapValue request) => request.Text("status", "certificate") is { Length: > 0 };

    /// <summary>What the certificate is to be for.</summary>
    public static IReadOnlyList<string> Usages(this MapValue request) => [.. request.List("spec", "usages")?.Texts() ?? []];

    /// <summary>Sets a condition that only ever comes to be.</summary>
    public static void Say(this MapValue request, string type, string reason, string message, DateTimeOffset now)
    {
        var stamp = KubernetesTime.Format(now);
        request.MakeMap("status").MakeList("conditions").Add(new MapValue(6)
        {
            ["type"] = type,
            ["status"] = "True",
            ["reason"] = reason,
            ["message"] = message,
            ["lastUpdateTime"] = stamp,
            ["lastTransitionTime"] = stamp,
        });
    }
}
