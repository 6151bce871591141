// Places preloaded pods on nodes in memory: dotnet run -c Release --project bench/scheduling -- [pods] [nodes] [plain|affinity|spread]...
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Naru.Core.Lifetime;
using Naru.Objects.Api;
using Naru.Scheduling;
using Naru.Scheduling.Bench;

var pods = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 50_000;
var nodes = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5_000;
string[] kinds = args.Length > 2 ? args[2..] : ["plain", "affinity", "anti-affinity", "spread"];
foreach (var kind in kinds)
{
    GC.Collect();
    var objects = new PreloadedObjects();
    for (var node = 0; node < nodes; node++)
    {
        objects.Add(new("", "nodes"), $"node-{node}", Bodies.Node(node));
    }

    for (var pod = 0; pod < pods; pod++)
    {
        objects.Add(new("", "pods"), $"pod-{pod}", Bodies.Pod(pod, kind));
    }

    await using var services = new ServiceCollection().AddLogging().AddSingleton<IObjects>(objects).AddSingleton(TimeProvider.System).AddNaruScheduling(new()).BuildServiceProvider();
    var stage = services.GetRequiredService<IEngineStage>();
    var cpu = Process.GetCurrentProcess().TotalProcessorTime;
    var watch = Stopwatch.StartNew();
    await stage.StartAsync(default);
    await objects.WhenBoundAsync(pods).WaitAsync(TimeSpan.FromMinutes(3)).ContinueWith(static _ => { });
    var took = watch.Elapsed;
    cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind,-14} {objects.Bound} of {pods} pods on {nodes} nodes in {took.TotalSeconds:F2} s: {objects.Bound / took.TotalSeconds:F0} a second, {cpu.TotalMicroseconds / pods:F0} us of processor a pod, {Environment.WorkingSet >> 20} MB"));
    await stage.StopAsync(default);
}
