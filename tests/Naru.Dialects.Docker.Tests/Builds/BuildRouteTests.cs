using System.Text;
using Naru.Dialects.Docker.Tests.Fakes;

namespace Naru.Dialects.Docker.Tests.Builds;

public sealed class BuildRouteTests
{
    [Fact]
    public async Task Build_Succeeding_SpeaksTheClassicWords()
    {
        await using var server = await DialectServer.StartAsync();
        var (status, body) = await BuildAsync(server, "ok", "?t=me/app&t=me/app:2&buildargs={\"A\":\"1\",\"B\":null}&labels={\"l\":\"v\"}&dockerfile=Other&target=t&nocache=1&memory=1000000&extrahosts=a:1.2.3.4");
        Assert.Equal(200, status);
        Assert.Equal(
            [
                "{\"stream\":\"Step 1/1 : RUN make\"}",
                "{\"stream\":\"\\n\"}",
                "{\"stream\":\" ---> Running in 999999999999\\n\"}",
                "{\"stream\":\"hi\\n\"}",
                "{\"stream\":\"\\u001B[91moh\\n\\u001B[0m\"}",
                "{\"stream\":\"Removing intermediate container 999999999999\\n\"}",
                "{\"stream\":\" ---> bbbbbbbbbbbb\\n\"}",
                "{\"stream\":\"[Warning] One or more build-args [x] were not consumed\\n\"}",
                $"{{\"aux\":{{\"ID\":\"sha256:{new string('b', 64)}\"}}}}",
                "{\"stream\":\"Successfully built bbbbbbbbbbbb\\n\"}",
                "{\"stream\":\"Successfully tagged me/app:latest\\n\"}",
                "{\"stream\":\"Successfully tagged me/app:2\\n\"}",
                "",
            ],
            body.Split("\r\n"));
        var asked = server.Builds.Asked!;
        Assert.Equal(("Other", "t", true, true, 1000000L), (asked.Dockerfile, asked.Target, asked.NoCache, asked.Classic, asked.Resources.Memory.Bytes));
        Assert.Equal(("1", null, "v"), (asked.Arguments["A"], asked.Arguments["B"], asked.Labels["l"]));
        Assert.Equal(["a:1.2.3.4"], asked.ExtraHosts);
    }

    [Fact]
    public async Task Build_FailingStep_EndsTheStreamWithTheCode()
    {
        await using var server = await DialectServer.StartAsync();
        var (status, body) = await BuildAsync(server, "fail");
        Assert.Equal(200, status);
        Assert.EndsWith(
            "{\"errorDetail\":{\"code\":2,\"message\":\"The command '/bin/sh -c make' returned a non-zero code: 2\"},\"error\":\"The command '/bin/sh -c make' returned a non-zero code: 2\"}\r\n",
            body,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not a tar", "not a tar archive")]
    [InlineData("bad dockerfile", "dockerfile parse error on line 1")]
    public async Task Build_RefusedBeforeItBegan_IsAnHttpError(string context, string message)
    {
        await using var server = await DialectServer.StartAsync();
        var (status, body) = await BuildAsync(server, context);
        Assert.Equal(400, status);
        Assert.Contains(message, body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_Quiet_TellsTheIdOrWhyItFailed()
    {
        await using var server = await DialectServer.StartAsync();
        Assert.Equal($"{{\"stream\":\"sha256:{new string('b', 64)}\\n\"}}\r\n", (await BuildAsync(server, "ok", "?q=1")).Body);
        var failed = (await BuildAsync(server, "fail", "?q=1")).Body;
        Assert.StartsWith("{\"stream\":\"Step 1/1 : RUN make\"}", failed, StringComparison.Ordinal);
        Assert.Contains("errorDetail", failed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_Cancelled_Ends()
    {
        await using var server = await DialectServer.StartAsync();
        using var content = new StringContent("hang", Encoding.ASCII, "application/x-tar");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/build?buildid=mine") { Content = content };
        using var response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal(204, (await server.SendAsync("POST", "/build/cancel?id=mine")).Status);
        Assert.Contains("error", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prune_WithFilters_AnswersWhatWent()
    {
        await using var server = await DialectServer.StartAsync();
        Assert.Equal("{\"CachesDeleted\":[\"cache1\"],\"SpaceReclaimed\":50}\n", (await server.SendAsync("POST", "/build/prune?all=1")).Body);
        Assert.Contains("\"CachesDeleted\":null", (await server.SendAsync("POST", "/build/prune?filters={\"id\":[\"other\"]}")).Body, StringComparison.Ordinal);
    }

    private static async Task<(int Status, string Body)> BuildAsync(DialectServer server, string context, string query = "")
    {
        using var content = new StringContent(context, Encoding.ASCII, "application/x-tar");
        using var response = await server.Client.PostAsync(new Uri("/build" + query, UriKind.Relative), content, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
