// Loads a Kubernetes API server, any that a kubeconfig leads to, and prints what it does a second.
//   dotnet run -c Release --project bench/cluster -- [--kubeconfig FILE] [--pid N,...] [--json FILE] [--clients N] [--pods N] [--nodes N] [--watchers N] [--changes N] [--seconds N] [--keep 1] SCENARIO...
// Scenarios: create, bind, bind-affinity, bind-spread, preloaded, preloaded-affinity, preloaded-spread, watch, watch-protobuf, watch-tenth, watch-nodes, read. --pid names the server's processes, for their processor time; --keep 1 leaves the pods (each scenario wants them gone).
using System.Globalization;
using Naru.Cluster.Bench.Http;
using Naru.Cluster.Bench.Load;
using Naru.Cluster.Bench.Scenarios;

var options = new Dictionary<string, string>();
var scenarios = new List<string>();
for (var at = 0; at < args.Length; at++)
{
    if (args[at].StartsWith("--", StringComparison.Ordinal))
    {
        options[args[at][2..]] = args[++at];
    }
    else
    {
        scenarios.Add(args[at]);
    }
}

int Number(string name, int otherwise) => options.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
var config = Kubeconfig.Read(options.GetValueOrDefault("kubeconfig") ?? Environment.GetEnvironmentVariable("KUBECONFIG") ?? throw new InvalidOperationException("--kubeconfig FILE says where the server is"));
var processes = options.TryGetValue("pid", out var list) ? list.Split(',').Select(static text => int.Parse(text, CultureInfo.InvariantCulture)).ToArray() : [];
var results = new Results();
using var end = new CancellationTokenSource(TimeSpan.FromMinutes(10), TimeProvider.System);
foreach (var scenario in scenarios)
{
    var sizes = new RunSizes(Number("clients", 32), Number("pods", scenario.StartsWith("bind", StringComparison.Ordinal) ? 2000 : 6000), Number("nodes", 1000), Number("watchers", 1000), Number("changes", 500), Number("seconds", 20), Number("keep", 0) > 0);
    var run = new Run(config, new ServerUse(processes), sizes, results);
    var kind = scenario.Contains('-', StringComparison.Ordinal) ? scenario.Split('-')[1] : "plain";
    await (scenario.Split('-')[0] switch
    {
        "create" => CreateScenario.DoAsync(run, end.Token),
        "bind" => BindScenario.DoAsync(run, kind, preloaded: false, end.Token),
        "preloaded" => BindScenario.DoAsync(run, kind, preloaded: true, end.Token),
        "watch" => WatchScenario.DoAsync(run, kind, end.Token),
        "read" => ReadScenario.DoAsync(run, end.Token),
        _ => throw new InvalidOperationException($"there is no scenario {scenario}"),
    });
}

if (options.TryGetValue("json", out var file))
{
    await File.WriteAllTextAsync(file, results.ToJson(), end.Token);
}
