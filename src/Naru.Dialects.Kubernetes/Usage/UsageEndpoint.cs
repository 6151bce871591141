using System.Collections.Immutable;
using Naru.Core.Errors;
using Naru.Dialects.Kubernetes.Aggregation;
using Naru.Dialects.Kubernetes.Answers;
using Naru.Dialects.Kubernetes.Discovery;
using Naru.Dialects.Kubernetes.Requests;
using Naru.Dialects.Kubernetes.Server;
using Naru.Objects.Api;
using Naru.Objects.Kinds;
using Naru.Objects.Metrics;
using Naru.Objects.Resources;
using Naru.Objects.Selectors;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Usage;

/// <summary>metrics.k8s.io, from the readings of the nodes' agents. Absent when nobody reads, or when an APIService names another server for it.</summary>
internal sealed class UsageEndpoint(IEnumerable<IUsageReadings> readings, IObjects objects, ApiServiceTable table, AnswerSender sender, TimeProvider time) : IResourceForwarder, IRemoteGroups
{
    private const string Group = "metrics.k8s.io";
    private static readonly ImmutableArray<string> Verbs = ["get", "list"];
    private static readonly ResourceInfo Nodes = Info("nodes", "NodeMetrics", namespaced: false);
    private static readonly ResourceInfo Pods = Info("pods", "PodMetrics", namespaced: true);

    private readonly IUsageReadings? _readings = readings.FirstOrDefault();

    public ImmutableArray<RemoteGroupVersion> All => IsServed ? [new RemoteGroupVersion(Group, "v1beta1", [DiscoveryOf(Nodes), DiscoveryOf(Pods)], IsCurrent: true)] : [];

    public long Generation => IsServed ? 1 : 0;

    private bool IsServed => _readings is not null && table.Find(Group, "v1beta1") is null;

    public bool Takes(Exchange exchange) => exchange.Target is { Group: Group, Version: "v1beta1", Resource: "nodes" or "pods", Subresource: "" } && IsServed;

    public Task HandleAsync(Exchange exchange)
    {
        var target = exchange.Target;
        exchange.Resource = target.Resource == "nodes" ? Nodes : Pods;
        var form = AnswerNegotiation.Negotiate(exchange.Http.Request, hasProtobuf: false);
        return target.Verb switch
        {
            "get" => GetAsync(exchange, form),
            "list" => ListAsync(exchange, form),
            _ => throw StatusFailure.MethodNotAllowed(),
        };
    }

    private Task GetAsync(Exchange exchange, AnswerForm form)
    {
        var target = exchange.Target;
        var found = Bodies(target).FirstOrDefault(one => one.Text("metadata", "name") == target.Name)
            ?? throw new NaruException(ErrorKind.NotFound, $"{(target.Resource == "nodes" ? "nodemetrics" : "podmetrics")}.{Group} \"{(target.Namespace.Length > 0 ? target.Namespace + "/" : "")}{target.Name}\" not found")
            {
                Details = new FailureDetails { Group = Group, Kind = target.Resource, Name = target.Name },
            };
        return form.Shape == Shape.Table
            ? SendTableAsync(exchange, new ApiList([new ApiObject(null, found)], 0, "", null), form)
            : sender.SendAsync(exchange, new ApiObject(null, found), 200, form);
    }

    private Task ListAsync(Exchange exchange, AnswerForm form)
    {
        var selector = LabelSelector.Parse(exchange.Query("labelSelector"));
        var list = new ApiList([.. Bodies(exchange.Target).Where(one => selector.Matches(one.Map("metadata", "labels"))).Select(static one => new ApiObject(null, one))], 0, "", null);
        return form.Shape == Shape.Table ? SendTableAsync(exchange, list, form) : sender.SendAsync(exchange, list, form);
    }

    private Task SendTableAsync(Exchange exchange, ApiList list, AnswerForm form)
    {
        var bytes = TablePayload.Write(list, UsagePrinter.Instance, time.GetUtcNow(), AnswerSender.TableObjectOf(exchange), form.ShapeVersion);
        return sender.SendAsync(exchange, ObjectPayload.Text(new Payload(bytes), form), 200, form.ContentType);
    }

    private IEnumerable<MapValue> Bodies(RequestTarget target) => target.Resource == "nodes"
        ? _readings!.Nodes().Select(one => UsageBodies.Of(one, LabelsOf("nodes", "", one.Name)))
        : _readings!.Pods(target.Namespace.Length > 0 ? target.Namespace : null).Select(one => UsageBodies.Of(one, LabelsOf("pods", one.Namespace, one.Name)));

    private MapValue? LabelsOf(string resource, string space, string name) =>
        objects.Get(new GroupResource("", resource), space, name)?.Tree.Map("metadata", "labels");

    private static ResourceInfo Info(string name, string kind, bool namespaced) => new()
    {
        Resource = new GroupVersionResource(Group, "v1beta1", name),
        Kind = kind,
        Singular = "",
        Namespaced = namespaced,
        Verbs = Verbs,
        StorageVersion = "v1beta1",
        IsCustom = true,
    };

    private static MapValue DiscoveryOf(ResourceInfo resource) => new()
    {
        ["resource"] = resource.Resource.Resource,
        ["responseKind"] = new MapValue { ["group"] = "", ["version"] = "", ["kind"] = resource.Kind },
        ["scope"] = resource.Namespaced ? "Namespaced" : "Cluster",
        ["singularResource"] = resource.Singular,
        ["verbs"] = AggregatedDiscovery.Texts(resource.Verbs),
    };

    private sealed class UsagePrinter : ITablePrinter
    {
        public static readonly UsagePrinter Instance = new();

        public ImmutableArray<TableColumn> Columns { get; } =
        [
            new("Name", "string", "name", "Name of the resource", 0),
            new("cpu", "string", "quantity", "Processors in use", 0),
            new("memory", "string", "quantity", "Memory in use", 0),
            new("window", "string", "duration", "Time measured", 0),
        ];

        public ImmutableArray<Value> Cells(MapValue body, DateTimeOffset now)
        {
            var usages = body.Map("usage") is { } own ? [own] : body.Maps("containers").Select(static one => one.Map("usage")!).ToList();
            return
            [
                body.Text("metadata", "name") ?? "",
                UsageBodies.Cpu(usages.Sum(static one => Number(one.Text("cpu")))),
                $"{usages.Sum(static one => Number(one.Text("memory")))}Ki",
                body.Text("window") ?? "",
            ];
        }

        private static long Number(string? quantity) => long.TryParse(quantity?.TrimEnd('n', 'K', 'i'), out var number) ? number : 0;
    }
}
