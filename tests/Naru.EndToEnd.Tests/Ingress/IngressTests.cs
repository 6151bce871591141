using Naru.EndToEnd.Tests.Pods;
using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Ingress;

/// <summary>From outside to real pods, by curl.</summary>
[Collection(nameof(PodGroup))]
public sealed class IngressTests(PodCluster cluster)
{
    private const string Site = """
        apiVersion: v1
        kind: Pod
        metadata: {name: NAME, labels: {app: NAME}}
        spec:
          terminationGracePeriodSeconds: 1
          containers:
          - {name: c, image: "IMAGE", command: [sh, -c, "mkdir -p /www/sub; echo NAME > /www/index.html; echo NAME-sub > /www/sub/index.html; exec httpd -f -p 8080 -h /www"], readinessProbe: {httpGet: {port: 8080}, periodSeconds: 1}}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: NAME}
        spec: {selector: {app: NAME}, ports: [{port: 80, targetPort: 8080}]}
        ---

        """;

    [Fact]
    public async Task Ingress_WithHostsAndTls_LeadsToPods()
    {
        cluster.Required();
        await cluster.ApplyAsync(Site.Replace("NAME", "site-one", StringComparison.Ordinal) + Site.Replace("NAME", "site-two", StringComparison.Ordinal));
        var files = Path.Combine(cluster.Naru!.Root, "tls");
        Directory.CreateDirectory(files);
        var made = await Command.RunAsync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", "/CN=two.test", "-addext", "subjectAltName=DNS:two.test", "-keyout", $"{files}/key", "-out", $"{files}/crt"]);
        Assert.True(made.ExitCode == 0, made.ToString());
        await cluster.OkAsync("create", "secret", "tls", "two", "--cert", $"{files}/crt", "--key", $"{files}/key");
        await cluster.OkAsync("create", "ingress", "one", "--rule=one.test/*=site-one:80", "--rule=one.test/sub=site-two:80");
        await cluster.OkAsync("create", "ingress", "two", "--class=naru", "--rule=two.test/*=site-two:80,tls=two");

        await AnswersAsync("site-one", "http", "one.test", "/");
        await AnswersAsync("site-two", "https", "two.test", "/", "--cacert", $"{files}/crt");
        Assert.Equal("308", await CurlAsync("http", "two.test", "/", "-o", "/dev/null", "-w", "%{http_code}"));
        Assert.Equal("404", await CurlAsync("http", "three.test", "/", "-o", "/dev/null", "-w", "%{http_code}"));
        await cluster.BecomesAsync("127.0.0.1", "get", "ingress", "one", "-o", "jsonpath={.status.loadBalancer.ingress[0].ip}");

        // The pod goes: its service has nobody, and says so; another pod takes over.
        await cluster.OkAsync("delete", "pod", "site-one", "--now");
        await Eventually.BecomesAsync(async () => await CurlAsync("http", "one.test", "/", "-o", "/dev/null", "-w", "%{http_code}") == "503", "nobody is there");
        await cluster.ApplyAsync(Site.Replace("NAME", "site-one", StringComparison.Ordinal));
        await AnswersAsync("site-one", "http", "one.test", "/");
        await cluster.OkAsync("delete", "ingress", "one", "two");
    }

    [Fact]
    public async Task Gateway_WithWeightsAndARewrite_LeadsToPods()
    {
        cluster.Required();
        await cluster.ApplyAsync(Site.Replace("NAME", "gate-one", StringComparison.Ordinal) + Site.Replace("NAME", "gate-two", StringComparison.Ordinal));
        await cluster.BecomesAsync("True", "get", "gatewayclass", "naru", "-o", "jsonpath={.status.conditions[?(@.type==\"Accepted\")].status}");
        await cluster.ApplyAsync("""
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: gate}
            spec:
              gatewayClassName: naru
              listeners: [{name: http, port: 80, protocol: HTTP, hostname: "*.gate.test"}]
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: gate}
            spec:
              parentRefs: [{name: gate}]
              hostnames: [www.gate.test]
              rules:
              - backendRefs: [{name: gate-one, port: 80}]
              - matches: [{path: {type: PathPrefix, value: /two}}]
                filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /sub}}}]
                backendRefs: [{name: gate-two, port: 80}]
            """);

        await AnswersAsync("gate-one", "http", "www.gate.test", "/");
        await AnswersAsync("gate-two-sub", "http", "www.gate.test", "/two/");
        await cluster.BecomesAsync("True", "get", "gateway", "gate", "-o", "jsonpath={.status.conditions[?(@.type==\"Programmed\")].status}");
        await cluster.BecomesAsync("1", "get", "gateway", "gate", "-o", "jsonpath={.status.listeners[0].attachedRoutes}");
        await cluster.BecomesAsync("True", "get", "httproute", "gate", "-o", "jsonpath={.status.parents[0].conditions[?(@.type==\"ResolvedRefs\")].status}");
        var refused = await cluster.TryAsync("{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: bad}, spec: {rules: [{matches: [{path: {value: no-slash}}]}]}}", "apply", "-f", "-");
        Assert.NotEqual(0, refused.ExitCode);
        await cluster.OkAsync("delete", "gateway,httproute", "--all");
    }

    private Task AnswersAsync(string wanted, string scheme, string host, string path, params string[] more) =>
        Eventually.BecomesAsync(async () => await CurlAsync(scheme, host, path, more) == wanted, $"{scheme}://{host}{path} answers {wanted}", TimeSpan.FromSeconds(60));

    private async Task<string> CurlAsync(string scheme, string host, string path, params string[] more)
    {
        var port = scheme == "https" ? cluster.IngressHttpsPort : cluster.IngressHttpPort;
        return (await Command.RunAsync("curl", ["-s", "--max-time", "5", "--resolve", $"{host}:{port}:127.0.0.1", .. more, $"{scheme}://{host}:{port}{path}"])).Line;
    }
}
