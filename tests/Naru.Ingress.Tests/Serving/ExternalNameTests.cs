using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Naru.Ingress.Backends;
using Naru.Objects.Api;

namespace Naru.Ingress.Tests.Serving;

/// <summary>Services that only stand for a name.</summary>
public sealed class ExternalNameTests
{
    [Fact]
    public async Task NameOfTheCluster_LeadsToThatService_AndFollowsItsEndpoints()
    {
        await using var one = await BackendServer.NamedAsync("one");
        await using var two = await BackendServer.NamedAsync("two");
        await using var bench = await IngressBench.StartAsync();
        await bench.ServiceAsync("real", one);
        await ExternalAsync(bench, "alias", "real.default.svc.cluster.local");
        await bench.IngressAsync("a", "a.test", "", "Prefix / alias");
        await bench.AnswersAsync("a.test", "/", HttpStatusCode.OK);
        Assert.Contains("one", await bench.TextAsync("a.test", "/"));

        await bench.EndpointsAsync("real", two);
        await BecomesAsync(async () => (await bench.TextAsync("a.test", "/")).Contains("two", StringComparison.Ordinal));

        await ExternalAsync(bench, "alias", "nothing.default.svc");
        await bench.AnswersAsync("a.test", "/", HttpStatusCode.ServiceUnavailable);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("alias.default.svc.cluster.local")]
    [InlineData("")]
    public async Task Name_OfThisHostOrOfItself_IsNotFollowed(string name)
    {
        await using var server = await BackendServer.NamedAsync("secret");
        await using var bench = await IngressBench.StartAsync();
        await ExternalAsync(bench, "alias", name, server.Port);
        await bench.IngressAsync("a", "a.test", "", "Prefix / alias");
        await bench.AnswersAsync("a.test", "/", HttpStatusCode.ServiceUnavailable);
        await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, TestContext.Current.CancellationToken);
        await bench.AnswersAsync("a.test", "/", HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Names_AreAskedForWhileTheyAreNamed()
    {
        var asked = new List<string>();
        using var names = new ExternalNames((name, _) =>
        {
            lock (asked)
            {
                asked.Add(name);
            }

            return Task.FromResult<IPAddress[]>([IPAddress.Parse("192.0.2.7"), IPAddress.Loopback, IPAddress.Parse("2001:db8::7")]);
        }, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<ExternalNames>.Instance);
        using var end = new CancellationTokenSource();
        var changed = new TaskCompletionSource<string>();
        names.Changed += name => changed.TrySetResult(name);
        using var table = new BackendTable(Objects(), names, new IngressOptions());
        var running = names.RunAsync(end.Token);

        var backend = table.Take(new BackendKey("default", "alias", "", 8080, FollowsNames: true));
        Assert.Equal("example.test", await changed.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        await BecomesAsync(() => Task.FromResult(backend.State.Endpoints.Length == 2));

        Assert.Equal(["192.0.2.7:9090", "[2001:db8::7]:9090"], backend.State.Endpoints.Select(static one => one.Authority));
        var gateway = table.Take(new BackendKey("default", "alias", "", 8080));
        Assert.Equal(BackendStanding.NoService, gateway.State.Standing);
        Assert.Equal(BackendStanding.NoPort, table.Take(new BackendKey("default", "alias", "", 1, FollowsNames: true)).State.Standing);
        Assert.Equal(["example.test"], asked);

        table.Release(backend);
        Assert.DoesNotContain(backend, table.All);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Theory]
    [InlineData("127.0.0.53", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("fe80::1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::", false)]
    [InlineData("239.1.2.3", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("ff02::1", false)]
    [InlineData("10.1.2.3", true)]
    [InlineData("8.8.8.8", true)]
    [InlineData("fd00::5", true)]
    public void Address_OfThisHostOrItsLink_IsNotForeign(string address, bool wanted) => Assert.Equal(wanted, ExternalNames.IsForeign(IPAddress.Parse(address)));

    private static Testing.Objects.MemoryObjects Objects()
    {
        var objects = new Testing.Objects.MemoryObjects();
        objects.CreateAsync(
            IngressResources.Services,
            Testing.Objects.TreeJson.Parse("""{"metadata":{"namespace":"default","name":"alias"},"spec":{"type":"ExternalName","externalName":"Example.test.","ports":[{"port":8080,"targetPort":9090}]}}"""),
            new WriteOptions(),
            CancellationToken.None).GetAwaiter().GetResult();
        return objects;
    }

    private static Task ExternalAsync(IngressBench bench, string name, string external, int port = 80) => bench.PutAsync(
        IngressResources.Services,
        $$$"""{"metadata":{"namespace":"default","name":"{{{name}}}"},"spec":{"type":"ExternalName","externalName":"{{{external}}}","ports":[{"port":80,"targetPort":{{{port}}}}]}}""");

    private static async Task BecomesAsync(Func<Task<bool>> holds)
    {
        for (var round = 0; !await holds(); round++)
        {
            Assert.True(round < 3000, "it never came");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
