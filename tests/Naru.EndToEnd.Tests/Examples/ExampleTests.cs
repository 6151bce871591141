using Naru.EndToEnd.Tests.Pods;
using Naru.EndToEnd.Tests.Support;
using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Examples;

/// <summary>What <c>examples/</c> holds, done as its first lines say.</summary>
[Collection(nameof(PodGroup))]
public sealed class ExampleTests(PodCluster cluster)
{
    [Fact]
    public async Task Shop_IsOrderedFrom_RemembersAndLetsNoStrangerIn()
    {
        await HelloAsync();
        await cluster.DockerAsync("build", "-q", "-t", "naru-shop", Path.Combine(ExampleFiles.Folder, "shop"));
        await cluster.OkAsync("apply", "-f", Path.Combine(ExampleFiles.Folder, "shop/shop.yaml"));
        foreach (var part in (string[])["deployment/front", "deployment/catalog", "statefulset/orders"])
        {
            await cluster.OkAsync("rollout", "status", "-n", "shop", part, "--timeout=90s");
        }

        await Eventually.BecomesAsync(async () => (await VisitAsync("/")).Contains("lantern", StringComparison.Ordinal), "the front shows what the catalog has");
        await OrderedAsync("rope");
        await Eventually.BecomesAsync(async () => (await VisitAsync("/")).Contains("Orders so far: 1", StringComparison.Ordinal), "the order is counted");

        await cluster.OkAsync("delete", "pod", "-n", "shop", "orders-0", "--grace-period=1");
        await cluster.OkAsync("rollout", "status", "-n", "shop", "statefulset/orders", "--timeout=90s");
        await Eventually.BecomesAsync(async () => (await VisitAsync("/")).Contains("Orders so far: 1", StringComparison.Ordinal), "the order is still known", TimeSpan.FromSeconds(90));
        var stranger = await cluster.TryAsync(null, "exec", "-n", "shop", "deploy/catalog", "--", "timeout", "3", "wget", "-q", "-O", "-", "http://orders/");
        Assert.NotEqual(0, stranger.ExitCode);
        await cluster.OkAsync("delete", "namespace", "shop", "--timeout=100s");
    }

    [Fact]
    public async Task Pipeline_JobsWaitForOneAnother_WordsAreCounted()
    {
        await HelloAsync();
        await cluster.OkAsync("apply", "-f", Path.Combine(ExampleFiles.Folder, "jobs/pipeline.yaml"));
        await cluster.OkAsync("wait", "-n", "pipeline", "job/merge", "--for=condition=Complete", "--timeout=110s");
        Assert.EndsWith("50 words", await cluster.OkAsync("logs", "-n", "pipeline", "job/merge", "-c", "merge"), StringComparison.Ordinal);
        Assert.Equal("0-3", await cluster.OkAsync("get", "-n", "pipeline", "job", "count", "-o", "jsonpath={.status.completedIndexes}"));
        await cluster.OkAsync("delete", "namespace", "pipeline", "--timeout=100s");
    }

    [Fact]
    public async Task Report_AskedForNow_RunsAsTheCronJobWould()
    {
        await HelloAsync();
        await cluster.OkAsync("apply", "-f", Path.Combine(ExampleFiles.Folder, "jobs/report.yaml"));
        await cluster.OkAsync("create", "job", "-n", "report", "--from=cronjob/report", "now");
        await cluster.OkAsync("wait", "-n", "report", "job/now", "--for=condition=Complete", "--timeout=110s");
        Assert.Matches(@"^\d{4}-\S+Z now-\w+ on \S+: load \d", await cluster.OkAsync("logs", "-n", "report", "job/now"));
        await cluster.OkAsync("delete", "namespace", "report", "--timeout=100s");
    }

    [Fact]
    public async Task Database_PodIsReplaced_KeepsItsRows()
    {
        cluster.Required();
        var files = Path.Combine(ClientsFolder.Path, "postgres.tar");
        Assert.SkipUnless(File.Exists(files), $"{files} is not on this machine (tests/clients/install makes it)");
        var built = await Command.RunAsync(Path.Combine(ExampleFiles.Folder, "database/build"), [files], null, cluster.Naru!.Environment);
        Assert.True(built.ExitCode == 0, $"examples/database/build: {built}");
        await cluster.OkAsync("apply", "-f", Path.Combine(ExampleFiles.Folder, "database/postgres.yaml"));
        await cluster.OkAsync("rollout", "status", "-n", "database", "statefulset/postgres", "--timeout=120s");
        await PsqlAsync("create table crossings (ferry text, at timestamptz default now())");
        await PsqlAsync("insert into crossings (ferry) values ('naru'), ('baedari')");

        await cluster.OkAsync("delete", "pod", "-n", "database", "postgres-0");
        await cluster.OkAsync("rollout", "status", "-n", "database", "statefulset/postgres", "--timeout=120s");

        // Right after the deletion the set's status may still be that of the pod that is gone.
        await cluster.BecomesAsync("2", Psql("select count(*) from crossings"));
        await cluster.OkAsync("delete", "namespace", "database", "--timeout=100s");
    }

    private async Task<string> VisitAsync(string path, params string[] options) =>
        (await Command.RunAsync("curl", ["-sS", "-L", "-m", "20", "-H", "Host: shop.localhost", .. options, $"http://127.0.0.1:{cluster.IngressHttpPort}{path}"])).Output;

    // Who orders is shown the page again. An order that cannot be kept is refused: rules and addresses of the orders' pod may come a moment after it is ready.
    private Task OrderedAsync(string item) => Eventually.BecomesAsync(
        async () => (await VisitAsync("/cgi-bin/order.cgi", "--fail", "--data", $"item={item}")).Contains("Ferry shop", StringComparison.Ordinal), $"{item} is ordered");

    private Task<string> PsqlAsync(string statement) => cluster.OkAsync(Psql(statement));

    private static string[] Psql(string statement) => ["exec", "-n", "database", "postgres-0", "--", "psql", "-Atqc", statement];

    private Task HelloAsync() => ExampleFiles.BuildHelloAsync(cluster.Required().DockerAsync);
}
