using System.Runtime.InteropServices;
using Naru.Dialects.Kubernetes.Answers;
using Naru.Dialects.Kubernetes.Requests;
using Naru.Dialects.Kubernetes.Server;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Health;

/// <summary><c>/version</c>.</summary>
internal sealed class VersionEndpoint(KubernetesDialectOptions options, AnswerSender sender) : IPathEndpoint
{
    public bool Takes(string path) => path is "/version" or "/version/";

    public Task HandleAsync(Exchange exchange)
    {
        var parts = options.GitVersion.TrimStart('v').Split('.');
        var version = new MapValue
        {
            ["major"] = parts[0],
            ["minor"] = parts.Length > 1 ? parts[1] : "",
            ["emulationMajor"] = parts[0],
            ["emulationMinor"] = parts.Length > 1 ? parts[1] : "",
            ["minCompatibilityMajor"] = parts[0],
            ["minCompatibilityMinor"] = parts.Length > 1 ? Previous(parts[1]) : "",
            ["gitVersion"] = options.GitVersion,
            ["gitCommit"] = "0000000000000000000000000000000000000000",
            ["gitTreeState"] = "clean",
            ["buildDate"] = "2026-01-01T00:00:00Z",
            ["goVersion"] = "go1.25.0",
            ["compiler"] = "gc",
            ["platform"] = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "linux/arm64" : "linux/amd64",
        };
        return sender.SendAsync(exchange, version, 200, new AnswerForm(WireFormat.Json) { Pretty = true });
    }

    private static string Previous(string minor) =>
        int.TryParse(minor, out var number) ? (number - 1).ToString(System.Globalization.CultureInfo.InvariantCulture) : minor;
}
