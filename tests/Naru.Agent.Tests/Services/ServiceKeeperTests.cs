using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Naru.Agent.Nodes;
using Naru.Agent.Services;
using Naru.Agent.Tests.Running;
using Naru.Core.Hosts;
using Naru.Core.Traffic;
using Naru.Objects.Api;
using Naru.Objects.Json;
using Naru.Objects.Values;
using Naru.Testing.Objects;
using Naru.Testing.Running;

namespace Naru.Agent.Tests.Services;

public sealed class ServiceKeeperTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _end = new();
    private readonly MemoryObjects _objects;
    private readonly RecordedTable _table = new();
    private readonly HealthPorts _health = new(NullLogger<HealthPorts>.Instance);
    private ServerPlace? _place = new(IPEndPoint.Parse("192.0.2.1:6443"), IPEndPoint.Parse("0.0.0.0:6443"));
    private Task _run = Task.CompletedTask;

    public ServiceKeeperTests() => _objects = new MemoryObjects(_time);

    [Fact]
    public async Task Start_AllServicesAreSetAtOnce()
    {
        await MakeAsync("a", "10.244.0.5");
        await MakeAsync("b", "10.244.0.6");
        Start();
        await Eventually.BecomesAsync(() => !_table.Changes.IsEmpty, "the table is written");
        Assert.True(_table.Changes.First().IsWhole);
        Assert.Equal(["default/a", "default/b"], _table.Changes.First().Services.Keys.Order());
    }

    [Fact]
    public async Task Change_OfASlice_SetsItsServiceAlone()
    {
        await MakeAsync("a", "10.244.0.5");
        await MakeAsync("b", "10.244.0.6");
        Start();
        await Eventually.BecomesAsync(() => _table.Changes.Count == 1, "the table is written");
        await _objects.ChangeAsync(AgentResources.EndpointSlices, "default", "a", static tree =>
        {
            tree.Maps("endpoints").First().MakeMap("conditions")["ready"] = false;
            return true;
        }, new WriteOptions(), CancellationToken.None);
        await Eventually.BecomesAsync(() => _table.Changes.Count == 2, "the change is written");
        var change = _table.Changes.Last();
        Assert.False(change.IsWhole);
        var (key, routes) = Assert.Single(change.Services);
        Assert.Equal("default/a", key);
        Assert.Empty(routes!.Frontends[0].Targets);
    }

    [Fact]
    public async Task Service_ThatGoes_IsTakenOut()
    {
        await MakeAsync("a", "10.244.0.5");
        Start();
        await Eventually.BecomesAsync(() => _table.Changes.Count == 1, "the table is written");
        await _objects.DeleteAsync(AgentResources.Services, "default", "a", new DeleteOptions(), CancellationToken.None);
        await Eventually.BecomesAsync(() => _table.Changes.Count == 2, "the change is written");
        Assert.Null(Assert.Single(_table.Changes.Last().Services).Value);
    }

    [Fact]
    public async Task Watch_ThatIsCutOff_LeadsToAWholeTable()
    {
        await MakeAsync("a", "10.244.0.5");
        Start();
        await Eventually.BecomesAsync(() => _table.Changes.Count == 1, "the table is written");
        _objects.ExpireWatches();
        await Eventually.BecomesAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return _table.Changes.Count == 2;
        }, "the table is written anew");
        Assert.True(_table.Changes.Last().IsWhole);
    }

    [Fact]
    public async Task Server_ThatListensLater_IsLedToThen()
    {
        _place = null;
        await MakeAsync("kubernetes", "192.0.2.1", 6443);
        Start();
        await Eventually.BecomesAsync(() => _table.Changes.Count == 1, "the table is written");
        Assert.Equal("192.0.2.1", _table.Changes.First().Services["default/kubernetes"]!.Frontends[0].Targets[0].Address.ToString());
        _place = new ServerPlace(IPEndPoint.Parse("192.0.2.1:6443"), IPEndPoint.Parse("127.0.0.1:6443"));
        await Eventually.BecomesAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return _table.Changes.Count == 2;
        }, "the server is led to");
        Assert.Equal(IPAddress.Loopback, _table.Changes.Last().Services["default/kubernetes"]!.Frontends[0].Targets[0].Address);
    }

    [Fact]
    public async Task Sctp_KernelHasNone_IsToldOnce()
    {
        await _objects.CreateAsync(
            AgentResources.Services,
            Read("""{"metadata":{"name":"s","namespace":"default"},"spec":{"clusterIP":"10.96.0.10","ports":[{"port":80,"protocol":"SCTP"},{"port":81,"protocol":"SCTP"}]}}"""),
            new WriteOptions(),
            CancellationToken.None);
        Start();
        await Eventually.BecomesAsync(() => _objects.List(AgentResources.Events).Any(), "it is told");
        await _objects.ChangeAsync(AgentResources.Services, "default", "s", static tree =>
        {
            tree.MakeMap("metadata").MakeMap("labels")["a"] = "b";
            return true;
        }, new WriteOptions(), CancellationToken.None);
        await Eventually.BecomesAsync(() => _table.Changes.Count == 2, "the change is carried out");

        var told = Assert.Single(_objects.List(AgentResources.Events)).Tree;
        Assert.Equal(("Warning", "SCTPNotSupported", "Service", "s"), (told.Text("type"), told.Text("reason"), told.Text("involvedObject", "kind"), told.Text("involvedObject", "name")));
        Assert.Equal("sctp", _table.Changes.Last().Services["default/s"]!.Frontends[0].Protocol);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _run);
        await _health.DisposeAsync();
        _end.Dispose();
    }

    private void Start()
    {
        var identity = new NodeIdentity(new AgentOptions { NodeName = "n1" }, Fake.Of<IHost>());
        var keeper = new ServiceKeeper(
            _objects,
            _table,
            new ServiceSurroundings(new NoAddresses(), _health, new SctpNotice(_objects, identity, () => false, _time, NullLogger<SctpNotice>.Instance)),
            identity,
            () => _place,
            _time,
            NullLogger<ServiceKeeper>.Instance);
        _run = Task.Run(() => keeper.RunAsync(_end.Token));
    }

    private async Task MakeAsync(string name, string endpoint, int port = 8080)
    {
        var write = new WriteOptions();
        await _objects.CreateAsync(AgentResources.Services, Read($$$"""{"metadata":{"name":"{{{name}}}","namespace":"default"},"spec":{"clusterIP":"10.96.0.10","ports":[{"port":80}]}}"""), write, CancellationToken.None);
        await _objects.CreateAsync(AgentResources.EndpointSlices, Read($$$"""
            {"metadata":{"name":"{{{name}}}","namespace":"default","labels":{"kubernetes.io/service-name":"{{{name}}}"}},"addressType":"IPv4",
             "ports":[{"name":"","port":{{{port}}},"protocol":"TCP"}],"endpoints":[{"addresses":["{{{endpoint}}}"],"conditions":{"ready":true},"nodeName":"n1"}]}
            """), write, CancellationToken.None);
    }

    private static MapValue Read(string json) => Assert.IsType<MapValue>(JsonText.Parse(Encoding.UTF8.GetBytes(json)));

    private sealed class RecordedTable : IServiceTable
    {
        public ConcurrentQueue<ServiceTableChange> Changes { get; } = new();

        public Task ApplyAsync(ServiceTableChange change, CancellationToken cancellationToken)
        {
            Changes.Enqueue(change);
            return Task.CompletedTask;
        }
    }

    private sealed class NoAddresses : IServiceAddresses
    {
        public Task SetAsync(IReadOnlyCollection<IPAddress> addresses, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
