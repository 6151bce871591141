using Naru.Dialects.Kubernetes.Fairness;
using Naru.Objects.Values;
using Naru.Testing.Running;

namespace Naru.Dialects.Kubernetes.Tests;

public sealed class FairnessTests
{
    private const string Pods = "/api/v1/namespaces/default/pods";

    [Fact]
    public async Task Answers_NameTheirSchemaAndLevel()
    {
        await using var host = await StartAsync();
        await Eventually.BecomesAsync(() => host.Cluster.List(new("flowcontrol.apiserver.k8s.io", "flowschemas")).All(static one => one.Tree.Maps("status", "conditions").Any()), "schemas have conditions");

        var (answer, _) = await host.GetAsync(Pods);

        var schema = host.Cluster.Get(new("flowcontrol.apiserver.k8s.io", "flowschemas"), "", "exempt")!;
        await Eventually.BecomesAsync(async () => (await host.GetAsync(Pods)).Answer.Headers.GetValues("X-Kubernetes-PF-FlowSchema-UID").Single() == schema.Uid, "the gate knows the stored schema");
        Assert.NotEmpty(answer.Headers.GetValues("X-Kubernetes-PF-PriorityLevel-UID"));
    }

    [Fact]
    public async Task FloodingUser_IsRefused_OthersAreServed()
    {
        await using var host = await StartAsync(seats: 12);
        host.Access.Allow = static _ => true;
        var release = new TaskCompletionSource();
        host.Cluster.Before = (call, _) => call.User.Name == "flood" ? release.Task : Task.CompletedTask;
        using var flood = host.NewClient("flood");
        using var calm = host.NewClient("system:serviceaccount:kube-system:x");
        var many = Enumerable.Range(0, 700).Select(async _ => (int)(await flood.GetAsync(Pods)).StatusCode).ToList();
        await Eventually.BecomesAsync(() => many.Any(static one => one.IsCompletedSuccessfully && one.Result == 429), "the flood is refused");

        var (answer, _) = await host.GetAsync(Pods, client: calm);
        var metrics = await host.Client.GetStringAsync("/metrics");
        var dump = await host.Client.GetStringAsync("/debug/api_priority_and_fairness/dump_priority_levels");
        release.SetResult();
        var codes = await Task.WhenAll(many);

        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Contains(200, codes);
        Assert.Contains("apiserver_flowcontrol_rejected_requests_total{flow_schema=\"global-default\",priority_level=\"global-default\",reason=\"queue-full\"}", metrics, StringComparison.Ordinal);
        Assert.Contains("apiserver_flowcontrol_nominal_limit_seats{priority_level=\"global-default\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("global-default, ", dump, StringComparison.Ordinal);
    }

    [Fact]
    public void Level_TwoFlows_TakeTurns()
    {
        var level = new PriorityLevel("l");
        level.Configure(FairnessDefaultsTable.Levels().Single(static one => one.Text("metadata", "name") == "workload-low"));
        level.SetSeats(1);
        for (var index = 0; index < 20; index++)
        {
            Assert.True(level.TryEnqueue(new WaitingRequest("loud", 1, index)));
        }

        Assert.True(level.TryEnqueue(new WaitingRequest("quiet", 1, 100)));
        var order = new List<string>();
        while (level.Peek() is { } next)
        {
            order.Add(next.Flow);
            level.Dequeue();
        }

        Assert.Equal(21, order.Count);
        Assert.InRange(order.IndexOf("quiet"), 0, 7);
    }

    [Fact]
    public async Task Metrics_HaveKubernetesNames()
    {
        await using var host = await StartAsync();
        await host.GetAsync(Pods);

        var text = await host.Client.GetStringAsync("/metrics");

        Assert.Contains("apiserver_request_total{component=\"apiserver\",dry_run=\"\",group=\"\",resource=\"pods\",scope=\"namespace\",subresource=\"\",verb=\"LIST\",version=\"v1\",code=\"200\"} 1", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE apiserver_request_duration_seconds histogram", text, StringComparison.Ordinal);
        Assert.Contains("le=\"+Inf\"", text, StringComparison.Ordinal);
    }

    private static Task<DialectHost> StartAsync(int seats = 600) => DialectHost.StartAsync(
        options =>
        {
            options.PriorityAndFairness = true;
            options.ConcurrencySeats = seats;
        },
        stages: true);
}
