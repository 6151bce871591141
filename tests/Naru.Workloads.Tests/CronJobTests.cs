using Naru.Objects.Resources;
using Naru.Objects.Values;
using Naru.Workloads.CronJobs;

namespace Naru.Workloads.Tests;

public sealed class CronJobTests
{
    private static readonly GroupResource CronJobs = new("batch", "cronjobs");
    private static readonly GroupResource Jobs = new("batch", "jobs");

    [Theory]
    [InlineData("*/15 * * * *", "2026-01-01T00:00:00Z", "2026-01-01T00:15:00Z")]
    [InlineData("0 9 * * mon-fri", "2026-01-02T10:00:00Z", "2026-01-05T09:00:00Z")]
    [InlineData("0 0 13 * 5", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")]
    [InlineData("30 4 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T04:30:00Z")]
    [InlineData("@hourly", "2026-01-01T00:30:00Z", "2026-01-01T01:00:00Z")]
    [InlineData("0 0 * * 7", "2026-01-01T00:00:00Z", "2026-01-04T00:00:00Z")]
    public void Schedule_After_GivesTheNextTime(string schedule, string after, string expected) =>
        Assert.Equal(Time(expected), CronSchedule.Parse(schedule, out _)!.Next(Time(after), TimeZoneInfo.Utc));

    [Theory]
    [InlineData("60 * * * *")]
    [InlineData("* * * *")]
    [InlineData("a * * * *")]
    [InlineData("*/0 * * * *")]
    [InlineData("5-1 * * * *")]
    public void Schedule_Nonsense_IsRefused(string schedule)
    {
        Assert.Null(CronSchedule.Parse(schedule, out var reason));
        Assert.NotNull(reason);
    }

    [Fact]
    public void Schedule_ClocksChange_SkipsNoDayAndRepeatsNone()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var schedule = CronSchedule.Parse("30 1 * * *", out _)!;

        var first = schedule.Next(Time("2026-10-24T12:00:00Z"), zone)!.Value;
        var second = schedule.Next(first, zone)!.Value;

        Assert.Equal((Time("2026-10-24T23:30:00Z"), Time("2026-10-26T00:30:00Z")), (first, second));
    }

    [Fact]
    public async Task CronJob_Due_StartsItsJobOnce()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        await cluster.CreateAsync(CronJobs, Body(""));
        await cluster.SettleAsync();
        Assert.Empty(cluster.Objects.List(Jobs));
        await cluster.AdvanceAsync(TimeSpan.FromSeconds(61));

        Assert.Single(cluster.Objects.List(Jobs));
        Assert.Single(cluster.Get(CronJobs, "c").List("status", "active")!);
        await cluster.AdvanceAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(2, cluster.Objects.List(Jobs).Count);
    }

    [Theory]
    [InlineData("Forbid", 1)]
    [InlineData("Replace", 1)]
    [InlineData("Allow", 2)]
    public async Task CronJob_StillRunning_DoesAsItsPolicySays(string policy, int expected)
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        await cluster.CreateAsync(CronJobs, Body($"\"concurrencyPolicy\":\"{policy}\","));
        await cluster.SettleAsync();
        await cluster.AdvanceAsync(TimeSpan.FromSeconds(61));
        var first = cluster.Objects.List(Jobs).Single().Uid;
        await cluster.AdvanceAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(expected, cluster.Objects.List(Jobs).Count);
        Assert.Equal(policy != "Replace", cluster.Objects.List(Jobs).Any(job => job.Uid == first));
    }

    [Fact]
    public async Task CronJob_LongSuspended_StartsTheNewestMissedTimeAlone()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        await cluster.CreateAsync(CronJobs, Body("\"suspend\":true,"));
        await cluster.SettleAsync();
        await cluster.AdvanceAsync(TimeSpan.FromHours(30));
        await cluster.ChangeAsync(CronJobs, "c", tree => tree.Map("spec")!["suspend"] = false);
        await cluster.SettleAsync();

        Assert.Single(cluster.Objects.List(Jobs));
        Assert.Equal("2026-01-02T06:00:00Z", cluster.Get(CronJobs, "c").Text("status", "lastScheduleTime"));
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static string Body(string more) =>
        "{\"apiVersion\":\"batch/v1\",\"kind\":\"CronJob\",\"metadata\":{\"name\":\"c\",\"namespace\":\"ns\"},\"spec\":{" + more
        + "\"schedule\":\"* * * * *\",\"jobTemplate\":{\"spec\":{\"completions\":1,\"template\":{\"spec\":{\"containers\":[{\"name\":\"c\"}]}}}}}}";
}
