using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Aggregation;

/// <summary>An APIService as the dialect uses it. Immutable.</summary>
internal sealed record ApiService(string Name, string Group, string Version, string ServiceNamespace, string ServiceName, long ServicePort, string Authorities, bool SkipsCheck, bool IsAvailable, long GroupPriority, long VersionPriority)
{
    /// <summary>This server has the group itself.</summary>
    public bool IsLocal => ServiceName.Length == 0;

    public static ApiService Read(MapValue body)
    {
        var bundle = body.Text("spec", "caBundle");
        return new ApiService(
            body.Text("metadata", "name") ?? "",
            body.Text("spec", "group") ?? "",
            body.Text("spec", "version") ?? "",
            body.Text("spec", "service", "namespace") ?? "",
            body.Text("spec", "service", "name") ?? "",
            body.Integer("spec", "service", "port") ?? 443,
            bundle is null ? "" : TextOf(bundle),
            body.Boolean("spec", "insecureSkipTLSVerify") == true,
            body.Maps("status", "conditions").Any(static one => one.Text("type") == "Available" && one.Text("status") == "True"),
            body.Integer("spec", "groupPriorityMinimum") ?? 0,
            body.Integer("spec", "versionPriority") ?? 0);
    }

    private static string TextOf(string base64)
    {
        try
        {
            return System.Text.Encoding.ASCII.GetString(Convert.FromBase64String(base64));
        }
        catch (FormatException)
        {
            return "";
        }
    }
}
