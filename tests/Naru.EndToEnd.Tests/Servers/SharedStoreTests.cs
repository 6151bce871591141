using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using k8s;
using Naru.EndToEnd.Tests.Kubernetes;
using Naru.EndToEnd.Tests.Support;
using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Servers;

/// <summary>Two servers on one etcd: both answer, one leads, and the other takes over when that is killed.</summary>
public sealed class SharedStoreTests
{
    private const string Spaces = "/api/v1/namespaces/default/";

    [Theory]
    [InlineData("3.4")]
    [InlineData("3.5")]
    public async Task Servers_OnOneEtcd_AreOneCluster_AndOneTakesOver(string version)
    {
        Assert.SkipWhen(Environment.UserName != "root", "the engine needs root");
        Assert.SkipWhen(NaruInstance.FindBinary() is null, "there is no naru executable: run eng/build");
        await using var etcd = new EtcdProcess { Program = version == "3.5" ? EtcdProcess.New : EtcdProcess.Old };
        Clients.Need(etcd.Program);

        // All three at the same moment: each server waits for etcd, finds nothing in it and must agree with the other.
        etcd.Start();
        string[] options = ["--kubernetes-address", "127.0.0.1:0", "--etcd-endpoint", etcd.Endpoint.ToString()];
        var starts = (NaruInstance.StartServerAsync(options), NaruInstance.StartServerAsync(options));
        await using var first = await starts.Item1;
        await using var second = await starts.Item2;
        using var one = Kubernetes.Cluster.ClientOf(first, out _);
        using var two = Kubernetes.Cluster.ClientOf(second, out var address);

        await CheckWatchesAsync(one, two);
        await CheckTrustAsync(first, one, two, address);
        await CheckPortsAsync(one, two);
        await WriteAsync(two, "/api/v1/nodes", """{"apiVersion":"v1","kind":"Node","metadata":{"name":"n1"},"status":{"allocatable":{"cpu":"64","memory":"64Gi","pods":"500"},"conditions":[{"type":"Ready","status":"True"}]}}""");
        await DeployAsync(one, "before", 5);
        await BoundAsync(two, "before", 5);
        Assert.Equal(await LeaderAsync(one, "kube-controller-manager"), await LeaderAsync(two, "kube-controller-manager"));
        Assert.NotEmpty(await LeaderAsync(one, "kube-scheduler"));

        // Either may lead; the one that does is killed.
        var leader = await LeaderAsync(one, "kube-controller-manager");
        var (dying, living) = await IdentityOfAsync(one, first) == leader ? (first, two) : (second, one);
        await dying.KillAsync();
        await DeployAsync(living, "after", 5);
        await BoundAsync(living, "after", 5);
        Assert.NotEqual(leader, await LeaderAsync(living, "kube-controller-manager"));

        // Nothing was made twice: as many pods as wished, one set of them for each deployment.
        Assert.Equal(10, await CountAsync(living, Spaces + "pods"));
        Assert.Equal(2, await CountAsync(living, "/apis/apps/v1/namespaces/default/replicasets"));
        await dying.StartAgainAsync();
        using var again = Kubernetes.Cluster.ClientOf(dying, out _);
        Assert.Equal(10, await CountAsync(again, Spaces + "pods"));
        Assert.NotEqual(leader, await LeaderAsync(again, "kube-controller-manager"));
    }

    private static async Task CheckWatchesAsync(HttpClient one, HttpClient two)
    {
        var revision = JsonNode.Parse(await one.GetStringAsync(Spaces + "configmaps"))!["metadata"]!["resourceVersion"]!.GetValue<string>();
        using var watch = new StreamReader(await two.GetStreamAsync($"{Spaces}configmaps?watch=1&timeoutSeconds=60&fieldSelector=metadata.name=seen&resourceVersion={revision}"));
        var made = await WriteAsync(one, Spaces + "configmaps", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"seen"},"data":{"a":"1"}}""");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var change = JsonNode.Parse((await watch.ReadLineAsync(limit.Token))!)!;
        Assert.Equal("ADDED", change["type"]!.GetValue<string>());
        Assert.Equal(Revision(made), Revision(change["object"]!));

        // What one has acknowledged the other reads at once, also when it is asked as of that revision.
        for (var turn = 0; turn < 20; turn++)
        {
            var (writer, reader) = turn % 2 == 0 ? (one, two) : (two, one);
            var name = string.Create(CultureInfo.InvariantCulture, $"turn-{turn}");
            var written = await WriteAsync(writer, Spaces + "configmaps", $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{name}}}"}}""");
            var read = JsonNode.Parse(await reader.GetStringAsync($"{Spaces}configmaps/{name}"))!;
            Assert.Equal(Revision(written), Revision(read));
            var list = JsonNode.Parse(await reader.GetStringAsync($"{Spaces}configmaps?resourceVersion={Revision(written)}&resourceVersionMatch=NotOlderThan"))!;
            Assert.True(Revision(list) >= Revision(written));
        }

        // Of two that change the same state at both servers one must read again.
        var body = JsonNode.Parse(await one.GetStringAsync(Spaces + "configmaps/seen"))!;
        body["data"]!["a"] = "2";
        using var earlier = await one.PutAsync(Spaces + "configmaps/seen", Json(body.ToJsonString()));
        using var later = await two.PutAsync(Spaces + "configmaps/seen", Json(body.ToJsonString()));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Conflict), (earlier.StatusCode, later.StatusCode));
    }

    // A token of one server is good at the other; so are its certificates, both ways.
    private static async Task CheckTrustAsync(NaruInstance first, HttpClient one, HttpClient two, string address)
    {
        await Eventually.BecomesAsync(async () => (await two.GetAsync(Spaces + "serviceaccounts/default")).IsSuccessStatusCode, "the account is there");
        var review = await WriteAsync(one, Spaces + "serviceaccounts/default/token", """{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{}}""");
        var asked = await WriteAsync(two, "/apis/authentication.k8s.io/v1/tokenreviews", $$$"""{"apiVersion":"authentication.k8s.io/v1","kind":"TokenReview","spec":{"token":"{{{review["status"]!["token"]}}}"}}""");
        Assert.Equal("system:serviceaccount:default:default", asked["status"]!["user"]?["username"]?.GetValue<string>());
        Assert.Equal(await one.GetStringAsync("/openid/v1/jwks"), await two.GetStringAsync("/openid/v1/jwks"));

        // The administrator of the first, who trusts its authority, speaks to the second.
        var settings = KubernetesClientConfiguration.BuildConfigFromConfigFile(Path.Combine(first.RunDirectory, "kubeconfig"));
        settings.Host = address;
        using var stranger = new k8s.Kubernetes(settings);
        Assert.Equal("seen", (await stranger.CoreV1.ReadNamespacedConfigMapAsync("seen", "default")).Metadata.Name);
        using var token = new HttpRequestMessage(HttpMethod.Get, "/apis");
        token.Headers.Authorization = new AuthenticationHeaderValue("Bearer", review["status"]!["token"]!.GetValue<string>());
        using var answer = await two.SendAsync(token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    // Both servers give out addresses and ports at the same time: none twice.
    private static async Task CheckPortsAsync(HttpClient one, HttpClient two)
    {
        var bodies = Enumerable.Range(0, 40).Select(static number => string.Create(CultureInfo.InvariantCulture, $$$"""{"apiVersion":"v1","kind":"Service","metadata":{"name":"s{{{number}}}"},"spec":{"type":"NodePort","ports":[{"port":80}]}}""")).ToArray();
        var services = await Task.WhenAll(bodies.Select((body, place) => WriteAsync(place % 2 == 0 ? one : two, Spaces + "services", body)));
        Assert.Equal(40, services.Select(static service => service["spec"]!["ports"]![0]!["nodePort"]!.GetValue<int>()).Distinct().Count());
        Assert.Equal(40, services.Select(static service => service["spec"]!["clusterIP"]!.GetValue<string>()).Distinct().Count());

        // One port that many want at both goes to one of them: a port of the lower part, which none of the forty was given by chance.
        var wanted = Enumerable.Range(0, 10).Select(static number => string.Create(CultureInfo.InvariantCulture, $$$"""{"apiVersion":"v1","kind":"Service","metadata":{"name":"w{{{number}}}"},"spec":{"type":"NodePort","ports":[{"port":80,"nodePort":30010}]}}""")).ToArray();
        var codes = await Task.WhenAll(wanted.Select(async (body, place) =>
        {
            using var answer = await (place % 2 == 0 ? one : two).PostAsync(Spaces + "services", Json(body));
            return answer.StatusCode;
        }));
        Assert.Equal(1, codes.Count(static code => code == HttpStatusCode.Created));
        Assert.Equal(9, codes.Count(static code => code == HttpStatusCode.UnprocessableEntity));
    }

    private static Task DeployAsync(HttpClient http, string name, int replicas) => WriteAsync(http, "/apis/apps/v1/namespaces/default/deployments", string.Create(CultureInfo.InvariantCulture, $$$"""
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"{{{name}}}"},"spec":{"replicas":{{{replicas}}},"selector":{"matchLabels":{"app":"{{{name}}}" } },
         "template":{"metadata":{"labels":{"app":"{{{name}}}" } },"spec":{"tolerations":[{"operator":"Exists"}],"containers":[{"name":"c","image":"i"}] } } } }
        """));

    private static Task BoundAsync(HttpClient http, string name, int count) => Eventually.BecomesAsync(
        async () => JsonNode.Parse(await http.GetStringAsync($"{Spaces}pods?labelSelector=app={name}"))!["items"]!.AsArray().Count(static pod => pod!["spec"]!["nodeName"]?.GetValue<string>() == "n1") == count,
        $"{count} pods of {name} are bound",
        TimeSpan.FromSeconds(60));

    // A server's own lease is named after its machine and its data directory.
    private static async Task<string> IdentityOfAsync(HttpClient http, NaruInstance server)
    {
        var name = "apiserver-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Environment.MachineName} {server.DataDirectory}")))[..24];
        return await LeaderAsync(http, name);
    }

    private static async Task<string> LeaderAsync(HttpClient http, string lease) =>
        JsonNode.Parse(await http.GetStringAsync($"/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/{lease}"))!["spec"]!["holderIdentity"]!.GetValue<string>();

    private static async Task<int> CountAsync(HttpClient http, string path) => JsonNode.Parse(await http.GetStringAsync(path))!["items"]!.AsArray().Count;

    private static long Revision(JsonNode one) => long.Parse(one["metadata"]!["resourceVersion"]!.GetValue<string>(), CultureInfo.InvariantCulture);

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static async Task<JsonNode> WriteAsync(HttpClient http, string path, string body)
    {
        using var answer = await http.PostAsync(path, Json(body));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }
}
