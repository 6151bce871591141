using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Kubernetes;

/// <summary>SIGKILL while clients write: whatever was acknowledged is there after the restart.</summary>
public sealed class KilledTests
{
    [Fact]
    public async Task Killed_WhileClientsWrite_LosesNothingAcknowledged()
    {
        Assert.SkipWhen(Environment.UserName != "root", "the engine needs root");
        Assert.SkipWhen(NaruInstance.FindBinary() is null, "there is no naru executable: run eng/build");
        await using var naru = await Cluster.StartAsync();
        var promised = new ConcurrentDictionary<string, string>();
        for (var turn = 0; turn < 3; turn++)
        {
            using var http = Cluster.ClientOf(naru, out _);
            var writers = Enumerable.Range(0, 8).Select(lane => WriteAsync(http, $"t{turn}-l{lane}", promised)).ToArray();
            var before = promised.Count;
            await Eventually.BecomesAsync(() => promised.Count > before + 200, "writes were acknowledged");
            await naru.KillAsync();
            await Task.WhenAll(writers);
            await naru.StartAgainAsync();
            using var again = Cluster.ClientOf(naru, out _);
            var list = JsonNode.Parse(await again.GetStringAsync("/api/v1/namespaces/default/configmaps"))!;
            var found = list["items"]!.AsArray().Where(one => one!["data"]?["value"] is not null).ToDictionary(one => one!["metadata"]!["name"]!.GetValue<string>(), one => one!["data"]!["value"]!.GetValue<string>());
            foreach (var (name, value) in promised)
            {
                Assert.True(found.TryGetValue(name, out var kept), $"{name} was acknowledged and is gone");
                Assert.True(string.CompareOrdinal(kept, value) >= 0, $"{name} was acknowledged as {value} and is {kept}");
            }
        }
    }

    /// <summary>Creates and changes objects until the server is gone, noting each acknowledged value.</summary>
    private static async Task WriteAsync(HttpClient http, string lane, ConcurrentDictionary<string, string> promised)
    {
        try
        {
            for (var number = 0; ; number++)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"{lane}-{number}");
                for (var value = 0; value < 3; value++)
                {
                    var text = value.ToString(CultureInfo.InvariantCulture);
                    var body = $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{name}}}"},"data":{"value":"{{{text}}}"}}""";
                    using var content = new StringContent(body, Encoding.UTF8, "application/json");
                    using var answer = value == 0
                        ? await http.PostAsync("/api/v1/namespaces/default/configmaps", content)
                        : await http.PutAsync($"/api/v1/namespaces/default/configmaps/{name}", content);
                    if (answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.OK)
                    {
                        promised[name] = text;
                    }
                }
            }
        }
        catch (HttpRequestException)
        {
            // Killed, as planned.
        }
    }
}
