using System.Buffers;
using Naru.Dialects.Kubernetes.Requests;
using Naru.Dialects.Kubernetes.Wire;
using Naru.Objects.Json;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Tests;

/// <summary>What kubectl 1.32 sends for its commands, and which code and form a real server answers with.</summary>
public sealed class KubectlGoldenTests
{
    private const string Protobuf = "application/vnd.kubernetes.protobuf";

    public static TheoryData<string, string, string, string, string, int, string> Requests()
    {
        var rows = new TheoryData<string, string, string, string, string, int, string>();
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Goldens", "kubectl-requests.tsv")).Skip(1))
        {
            var parts = line.Split('\t');
            rows.Add(parts[0], parts[1], parts[2], parts[3], parts[4], int.Parse(parts[5], System.Globalization.CultureInfo.InvariantCulture), parts[6]);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Request_OfKubectl_IsAnsweredAsByARealServer(string command, string method, string path, string accept, string sent, int code, string answered)
    {
        await using var host = await DialectHost.StartAsync();
        var target = RequestPath.Read(method, path.Split('?')[0], (_, name) => path.Contains($"{name}=true", StringComparison.Ordinal) ? "true" : "", "");
        var resource = host.Catalogue.Find(new GroupVersionResource(target.Group, target.Version, target.Resource));
        if (code != 404 && resource is not null && target.Name.Length > 0 && sent != "application/apply-patch+yaml")
        {
            host.Cluster.Put(target.Group, target.Resource, resource.Kind == "Pod" ? DialectHost.Pod(target.Name, target.Namespace) : BodyOf(resource, target.Name, target.Namespace));
        }

        using var request = new HttpRequestMessage(new HttpMethod(method), path.Replace("hash=", "was=", StringComparison.Ordinal).Replace("&follow=true", "", StringComparison.Ordinal));
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (sent.Length > 0)
        {
            request.Content = new ByteArrayContent(ContentOf(method, sent, resource, target));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", sent);
        }

        using var answer = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        Assert.True(code == (int)answer.StatusCode, $"{command}: {(int)answer.StatusCode}");
        Assert.Equal(answered, answer.Content.Headers.NonValidated["Content-Type"].ToString());
    }

    private static byte[] ContentOf(string method, string sent, ResourceInfo? resource, RequestTarget target)
    {
        if (method is "DELETE")
        {
            return """{"kind":"DeleteOptions","apiVersion":"v1","propagationPolicy":"Background"}"""u8.ToArray();
        }

        if (sent.Contains("json-patch", StringComparison.Ordinal))
        {
            return "[]"u8.ToArray();
        }

        var part = resource!.Subresources.FirstOrDefault(one => one.Name == target.Subresource);
        var body = BodyOf(part is null ? resource : resource with { Kind = part.Kind.Kind, Resource = new GroupVersionResource(part.Kind.Group, part.Kind.Version, "") }, target.Name.Length > 0 ? target.Name : "x", target.Namespace);
        if (sent != Protobuf)
        {
            return JsonText.ToBytes(body);
        }

        var bytes = new ArrayBufferWriter<byte>();
        KubernetesProtobuf.Encode(body, bytes);
        return bytes.WrittenSpan.ToArray();
    }

    private static MapValue BodyOf(ResourceInfo resource, string name, string space)
    {
        var metadata = new MapValue { ["name"] = name };
        if (space.Length > 0 && resource.Namespaced)
        {
            metadata["namespace"] = space;
        }

        return new MapValue { ["apiVersion"] = resource.Resource.ApiVersion, ["kind"] = resource.Kind, ["metadata"] = metadata };
    }
}
