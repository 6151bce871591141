using Naru.Containers.Consoles;
using Naru.Containers.Creation;
using Naru.Containers.Health;
using Naru.Containers.Lifecycle;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Units;

namespace Naru.Containers.Tests.Lifecycle;

public sealed class LawTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void RestartDelay_ShortRuns_DoublesToTheLimitAndResets()
    {
        var options = new ContainersOptions();
        var delays = new List<double>();
        var delay = TimeSpan.Zero;
        for (var i = 0; i < 12; i++)
        {
            delay = RestartLaw.NextDelay(delay, TimeSpan.FromSeconds(1), options);
            delays.Add(delay.TotalMilliseconds);
        }

        Assert.Equal([100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 51200, 60000, 60000], delays);
        Assert.Equal(100, RestartLaw.NextDelay(delay, TimeSpan.FromSeconds(10), options).TotalMilliseconds);
    }

    [Theory]
    [InlineData(RestartWhen.Always, 0, false, true, true)]
    [InlineData(RestartWhen.Always, 0, true, false, true)]
    [InlineData(RestartWhen.UnlessStopped, 1, true, false, false)]
    [InlineData(RestartWhen.UnlessStopped, 0, false, true, true)]
    [InlineData(RestartWhen.OnFailure, 0, false, false, false)]
    [InlineData(RestartWhen.OnFailure, 1, false, true, true)]
    [InlineData(RestartWhen.Never, 1, false, false, false)]
    public void RestartLaw_Policies_AsDocker(RestartWhen when, int code, bool stopped, bool afterExit, bool afterBoot)
    {
        var status = new ContainerStatus { Phase = ContainerPhase.Exited, ExitCode = code, StoppedByUser = stopped, StartedAt = Start };

        Assert.Equal(afterExit, RestartLaw.AfterExit(new RestartPolicy(when), status, code));
        Assert.Equal(afterBoot, RestartLaw.AfterBoot(new RestartPolicy(when), status));
        Assert.False(RestartLaw.AfterBoot(new RestartPolicy(when), status with { StartedAt = null }));
    }

    [Theory]
    [InlineData("KILL", 9)]
    [InlineData("sigterm", 15)]
    [InlineData("9", 9)]
    [InlineData("RTMIN+3", 37)]
    [InlineData("SIGRTMAX-1", 63)]
    [InlineData("FOO", 0)]
    [InlineData("0", 0)]
    [InlineData("65", 0)]
    [InlineData("-1", 0)]
    public void Signals_Text_IsReadOrRefused(string text, int number)
    {
        if (number > 0)
        {
            Assert.Equal(number, Signals.Parse(text));
        }
        else
        {
            Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<NaruException>(() => Signals.Parse(text)).Kind);
        }
    }

    [Fact]
    public void DetachKeys_BrokenSequence_PassesWhatWasHeldBack()
    {
        var keys = DetachKeys.Parse("");
        Assert.Equal("a"u8.ToArray(), keys.Filter("a\u0010"u8.ToArray(), out var first).ToArray());
        Assert.Equal("\u0010b"u8.ToArray(), keys.Filter("b"u8.ToArray(), out var second).ToArray());
        Assert.Equal("c"u8.ToArray(), keys.Filter("c\u0010\u0011d"u8.ToArray(), out var third).ToArray());
        Assert.Equal((false, false, true), (first, second, third));
    }

    [Fact]
    public void Health_StartPeriod_DoesNotCountFailures()
    {
        var check = new HealthCheckSpec { Test = ["CMD", "x"], StartPeriod = TimeSpan.FromSeconds(10), Retries = 2 };
        var health = HealthLaw.Next(HealthLaw.Begin, Probe(1, 1), check, Start);
        Assert.Equal((HealthVerdict.Starting, 0), (health.Verdict, health.FailingStreak));
        health = HealthLaw.Next(HealthLaw.Next(health, Probe(11, 1), check, Start), Probe(12, 1), check, Start);
        Assert.Equal((HealthVerdict.Unhealthy, 2), (health.Verdict, health.FailingStreak));
        health = HealthLaw.Next(health, Probe(13, 0), check, Start);
        Assert.Equal((HealthVerdict.Healthy, 0, 4), (health.Verdict, health.FailingStreak, health.Log.Length));
        Assert.Equal(TimeSpan.FromSeconds(5), HealthLaw.Wait(HealthLaw.Begin, check, Start, Start));
    }

    [Fact]
    public void SpecRules_BrokenFields_AreRefused()
    {
        var good = new ContainerSpec { Image = "x", Process = new ProcessSpec { Command = ["sh"] } };
        SpecRules.Check(good);
        ContainerSpec[] broken =
        [
            good with { Process = new ProcessSpec() },
            good with { Process = good.Process with { Environment = ["=x"] } },
            good with { Process = good.Process with { StopSignal = "FOO" } },
            good with { Process = good.Process with { WorkingDirectory = "x" } },
            good with { Process = good.Process with { Command = ["a\0b"] } },
            good with { Isolation = new IsolationSpec { PidMode = "foo" } },
            good with { Isolation = new IsolationSpec { IpcMode = "container:" } },
            good with { Isolation = new IsolationSpec { SecurityOptions = ["seccomp={"] } },
            good with { Isolation = new IsolationSpec { Sysctls = good.Annotations.Add("kernel.panic", "1") } },
            good with { Resources = new ResourceSpec { Memory = new ByteSize(1 << 20) } },
            good with { Resources = new ResourceSpec { Memory = ByteSize.FromMebibytes(64), MemorySwap = ByteSize.FromMebibytes(32) } },
            good with { Resources = new ResourceSpec { NanoCpus = long.MaxValue } },
            good with { Resources = new ResourceSpec { CpusetCpus = "0-9999999" } },
            good with { Resources = new ResourceSpec { UserLimits = [new UserLimit("nofile", 5, 4)] } },
            good with { Resources = new ResourceSpec { UserLimits = [new UserLimit("foo", 5, 5)] } },
            good with { Resources = new ResourceSpec { OomScoreAdjustment = 1001 } },
            good with { AutoRemove = true, Restart = new RestartPolicy(RestartWhen.Always) },
            good with { Restart = new RestartPolicy(RestartWhen.Always, 3) },
            good with { HealthCheck = new HealthCheckSpec { Test = ["CMD", "x"], Interval = TimeSpan.FromMicroseconds(1) } },
        ];

        Assert.All(broken, static spec => Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<NaruException>(() => SpecRules.Check(spec)).Kind));
    }

    private static HealthProbe Probe(int second, int code) => new(Start.AddSeconds(second), Start.AddSeconds(second), code, "");
}
