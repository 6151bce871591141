using System.Net;
using Naru.Agent.Services;

namespace Naru.Agent.Tests.Services;

public sealed class HealthPortTests
{
    [Fact]
    public async Task Request_IsAnsweredWithWhatIsKnownNow()
    {
        await using var port = new HealthPort(0, new HealthAnswer("shop", "web", 2));
        using var client = new HttpClient();
        var address = new Uri($"http://127.0.0.1:{port.Number}/healthz");

        var first = await client.GetAsync(address, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Contains("\"localEndpoints\": 2", await first.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        port.Answer = new HealthAnswer("shop", "web", 0);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync(address, TestContext.Current.CancellationToken)).StatusCode);
    }
}
