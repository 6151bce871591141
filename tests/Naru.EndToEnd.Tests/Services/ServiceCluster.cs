using System.Net;
using System.Net.Sockets;
using Naru.EndToEnd.Tests.Pods;
using Naru.EndToEnd.Tests.Support;
using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Services;

/// <summary>A cluster with addresses for load balancers and a pod that asks.</summary>
public sealed class ServiceCluster : IAsyncLifetime
{
    /// <summary>Of the range that documents use: nobody has them.</summary>
    public const string Balanced = "203.0.113.";

    // Hosts have an address and a way out, the network namespace of these tests has loopback alone; and the kernel wants a route before it translates an address.
    private const string Uplink = "uplink";

    private static readonly string[] Wishes = ["--load-balancer-range", Balanced + "40-" + Balanced + "43"];

    public PodCluster Pods { get; } = new() { Options = Wishes };

    public async ValueTask InitializeAsync()
    {
        if (Isolation.IsOwn)
        {
            await LinkAsync("link", "add", Uplink, "type", "veth", "peer", "name", Uplink + "-peer");
            await LinkAsync("link", "set", Uplink + "-peer", "up");
            await LinkAsync("link", "set", Uplink, "up");
            await LinkAsync("address", "add", "192.0.2.10/24", "dev", Uplink);
            await LinkAsync("route", "add", "10.96.0.0/12", "via", "192.0.2.1");
        }

        await Pods.InitializeAsync();
        if (Pods.Naru is not null)
        {
            await Pods.ApplyAsync("""
                apiVersion: v1
                kind: Pod
                metadata: {name: client}
                spec: {terminationGracePeriodSeconds: 0, containers: [{name: c, image: "IMAGE", command: [sleep, "100000"]}]}
                """);
            await Pods.BecomesAsync("True", "get", "pod", "client", "-o", "jsonpath={.status.conditions[?(@.type==\"Ready\")].status}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Pods.Naru is not null)
        {
            await Pods.TryAsync(null, "delete", "deployments,services", "--all");
        }

        await Pods.DisposeAsync();
        if (Isolation.IsOwn)
        {
            await LinkAsync("link", "delete", Uplink);
        }
    }

    /// <summary>A deployment whose pods say their name at 8080 (HTTP), echo at 7000, and are ready while they have a file.</summary>
    public async Task DeployAsync(string name, int replicas)
    {
        await Pods.ApplyAsync("""
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: NAME}
            spec:
              replicas: REPLICAS
              selector: {matchLabels: {app: NAME}}
              template:
                metadata: {labels: {app: NAME}}
                spec:
                  terminationGracePeriodSeconds: 0
                  containers:
                  - name: c
                    image: IMAGE
                    command: [sh, -c, "mkdir /w; hostname > /w/index.html; touch /w/ready; nc -ll -p 7000 -e cat & exec httpd -f -p 8080 -h /w"]
                    readinessProbe: {exec: {command: [test, -e, /w/ready]}, periodSeconds: 1, timeoutSeconds: 20, failureThreshold: 1}
            """.Replace("NAME", name, StringComparison.Ordinal).Replace("REPLICAS", replicas.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
        await Pods.OkAsync("rollout", "status", $"deployment/{name}", "--timeout=60s");
    }

    /// <summary>Makes a service of a deployment's pods and waits for its endpoints.</summary>
    public async Task<string> ExposeAsync(string name, string spec, int endpoints)
    {
        await Pods.ApplyAsync("""
            apiVersion: v1
            kind: Service
            metadata: {name: NAME}
            spec: { SPEC }
            """.Replace("NAME", name, StringComparison.Ordinal).Replace("SPEC", spec, StringComparison.Ordinal));
        await Eventually.BecomesAsync(async () => (await EndpointsAsync(name)).Count == endpoints, $"{name} has {endpoints} endpoints");
        return await Pods.OkAsync("get", "service", name, "-o", "jsonpath={.spec.clusterIP}");
    }

    public async Task<List<string>> EndpointsAsync(string service) =>
        [.. (await Pods.OkAsync("get", "endpointslices", "-l", $"kubernetes.io/service-name={service}", "-o", "jsonpath={range .items[*].endpoints[?(@.conditions.ready==true)]}{.addresses[0]} {end}")).Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>What a page says to a pod.</summary>
    public async Task<string> AskFromAsync(string pod, string address, int port)
    {
        var result = await Pods.TryAsync(null, "exec", pod, "--", "sh", "-c", $"printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 3 {address} {port} | tail -n 1");
        return result.Line.Length > 0 ? result.Line : result.ToString();
    }

    /// <summary>What a page says to this host; the kind of refusal where there is none.</summary>
    public static async Task<string> AskAsync(string address, int port)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        try
        {
            return (await client.GetStringAsync(new Uri($"http://{address}:{port}/"))).Trim();
        }
        catch (HttpRequestException failure)
        {
            return (failure.InnerException as SocketException)?.SocketErrorCode.ToString() ?? failure.Message;
        }
        catch (TaskCanceledException)
        {
            return "timeout";
        }
    }

    /// <summary>The address that a server of names says, or what went wrong.</summary>
    public static async Task<string> AskNameAsync(UdpClient client)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            await client.SendAsync(NamingServer.Question, patience.Token);
            return NamingServer.AddressIn((await client.ReceiveAsync(patience.Token)).Buffer);
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException)
        {
            return failure.Message;
        }
    }

    public static Socket Connect(string address, int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 30000, SendTimeout = 30000, NoDelay = true };
        socket.Connect(IPAddress.Parse(address), port);
        return socket;
    }

    public static string Exchange(Socket socket, string words)
    {
        socket.Send(System.Text.Encoding.ASCII.GetBytes(words));
        var buffer = new byte[128];
        return System.Text.Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer));
    }

    private static async Task LinkAsync(params string[] arguments)
    {
        var result = await Command.RunAsync("ip", arguments);
        Assert.True(result.ExitCode == 0, $"ip {string.Join(' ', arguments)}: {result}");
    }
}
