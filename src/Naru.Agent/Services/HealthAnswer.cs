using System.Globalization;
using System.Text;

namespace Naru.Agent.Services;

/// <summary>What a health check is told.</summary>
internal sealed record HealthAnswer(string Namespace, string Name, int LocalEndpoints)
{
    /// <summary>The whole answer, status line and all.</summary>
    public byte[] ToHttp()
    {
        var body = string.Create(CultureInfo.InvariantCulture, $"{{\n\t\"service\": {{\n\t\t\"namespace\": \"{Namespace}\",\n\t\t\"name\": \"{Name}\"\n\t}},\n\t\"localEndpoints\": {LocalEndpoints},\n\t\"serviceProxyHealthy\": true\n}}");
        var status = LocalEndpoints > 0 ? "200 OK" : "503 Service Unavailable";
        return Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nX-Content-Type-Options: nosniff\r\nX-Load-Balancing-Endpoint-Weight: {LocalEndpoints}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"));
    }
}
