using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Naru.Containers.Events;
using Naru.Core.Errors;
using Naru.Core.Events;
using Naru.Core.Lifetime;

namespace Naru.Containers.Tests.Events;

public sealed class EventBusTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly string _directory = Directory.CreateTempSubdirectory("naru-test-events-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Publish_AtOneMoment_TimesRiseStrictly()
    {
        var bus = MakeBus();
        for (var i = 0; i < 3; i++)
        {
            bus.Publish(Event($"a{i}"));
        }

        var read = await ReadAllAsync(bus, DateTimeOffset.UnixEpoch, _time.GetUtcNow());

        Assert.Equal(["a0", "a1", "a2"], read.Select(happened => happened.Action));
        Assert.Equal(read[0].UnixNanoseconds + 2, read[2].UnixNanoseconds);
    }

    [Fact]
    public async Task Read_Subscribed_SeesWhatIsPublishedBeforeTheFirstElementIsAskedFor()
    {
        var bus = MakeBus();
        var events = bus.Read(null, null, TestContext.Current.CancellationToken);
        bus.Publish(Event("start"));

        await foreach (var happened in events)
        {
            Assert.Equal("start", happened.Action);
            break;
        }
    }

    [Fact]
    public async Task Read_Until_EndsWhenTheTimeComes()
    {
        var bus = MakeBus();
        bus.Publish(Event("past"));
        var reading = ReadAllAsync(bus, DateTimeOffset.UnixEpoch, _time.GetUtcNow() + TimeSpan.FromSeconds(5));
        bus.Publish(Event("now"));
        _time.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal(["past", "now"], (await reading).Select(happened => happened.Action));
    }

    [Fact]
    public async Task Read_TooSlow_IsCutOffAfterWhatWasQueued()
    {
        var bus = MakeBus(new EventOptions { QueueLength = 4 });
        var events = bus.Read(null, null, TestContext.Current.CancellationToken);
        for (var i = 0; i < 10; i++)
        {
            bus.Publish(Event($"a{i}"));
        }

        var seen = new List<string>();
        var failure = await Assert.ThrowsAsync<NaruException>(async () =>
        {
            await foreach (var happened in events)
            {
                seen.Add(happened.Action);
            }
        });

        Assert.Equal(ErrorKind.Expired, failure.Kind);
        Assert.Equal(["a0", "a1", "a2", "a3"], seen);
    }

    [Fact]
    public async Task Start_AfterAnEarlierRun_KeepsItsEventsAndGoesOnRising()
    {
        var first = MakeBus();
        await first.StartAsync(CancellationToken.None);
        first.Publish(Event("create", ("name", "käse\n")));
        first.Publish(Event("start"));
        await first.StopAsync(CancellationToken.None);

        var second = MakeBus();
        await second.StartAsync(CancellationToken.None);
        second.Publish(Event("die"));
        var read = await ReadAllAsync(second, DateTimeOffset.UnixEpoch, _time.GetUtcNow());
        await second.StopAsync(CancellationToken.None);

        Assert.Equal(["create", "start", "die"], read.Select(happened => happened.Action));
        Assert.Equal("käse\n", read[0].Attributes["name"]);
        Assert.True(read[2].UnixNanoseconds > read[1].UnixNanoseconds);
    }

    [Fact]
    public async Task Journal_ManyEvents_StaysBounded()
    {
        var options = new EventOptions { Kept = 10 };
        var first = MakeBus(options);
        await first.StartAsync(CancellationToken.None);
        for (var i = 0; i < 1000; i++)
        {
            first.Publish(Event($"a{i}"));
        }

        await first.StopAsync(CancellationToken.None);
        var second = MakeBus(options);
        await second.StartAsync(CancellationToken.None);
        await second.StopAsync(CancellationToken.None);

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(10, (await File.ReadAllLinesAsync(Path.Combine(_directory, "events.jsonl"))).Length);
        Assert.Equal("a999", (await ReadAllAsync(second, DateTimeOffset.UnixEpoch, _time.GetUtcNow()))[^1].Action);
    }

    [Fact]
    public async Task Read_ManyWritersAndReaders_AllSeeOneOrder()
    {
        var bus = MakeBus(new EventOptions { QueueLength = 10_000 });
        var readers = Enumerable.Range(0, 4).Select(_ => CollectAsync(bus.Read(null, null, CancellationToken.None), 2000)).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(() =>
        {
            for (var i = 0; i < 500; i++)
            {
                bus.Publish(Event($"{writer}-{i}"));
            }
        })));

        var orders = await Task.WhenAll(readers);
        Assert.All(orders, order => Assert.Equal(orders[0], order));
        Assert.Equal(orders[0].Order(), orders[0]);
    }

    private static async Task<ImmutableArray<long>> CollectAsync(IAsyncEnumerable<EngineEvent> events, int count)
    {
        var times = ImmutableArray.CreateBuilder<long>(count);
        await foreach (var happened in events)
        {
            times.Add(happened.UnixNanoseconds);
            if (times.Count == count)
            {
                break;
            }
        }

        return times.ToImmutable();
    }

    private static async Task<List<EngineEvent>> ReadAllAsync(EventBus bus, DateTimeOffset since, DateTimeOffset until)
    {
        var read = new List<EngineEvent>();
        await foreach (var happened in bus.Read(since, until, CancellationToken.None))
        {
            read.Add(happened);
        }

        return read;
    }

    private static EngineEvent Event(string action, params (string Key, string Value)[] attributes) => new()
    {
        Type = "container",
        Action = action,
        ActorId = "c1",
        Attributes = attributes.ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value),
    };

    private EventBus MakeBus(EventOptions? options = null) =>
        new(options ?? new EventOptions(), new EngineDirectories(_directory, _directory, "00000000"), _time, NullLogger<EventJournal>.Instance);
}
