using System.Globalization;
using System.Text.Json.Nodes;
using Naru.EndToEnd.Tests.Support;
using Naru.Testing.Images;
using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Chaos;

/// <summary>Killing, filling and repeating: what was acknowledged stays, what was removed is gone, nothing leaks. Each test has an engine of its own.</summary>
public sealed class ChaosTests
{
    /// <summary>How often the repeating tests repeat; a release uses 1000.</summary>
    private static int Cycles { get; } = int.TryParse(Environment.GetEnvironmentVariable("NARU_E2E_CYCLES"), NumberStyles.None, CultureInfo.InvariantCulture, out var cycles) ? cycles : 25;

    [Fact]
    public async Task Killed_RunningContainersGoOnAndTheirLogsAreWhole()
    {
        await using var naru = await StartAsync();
        using var api = new EngineClient(naru.SocketPath);
        var id = await api.CreateAsync(Engine.Image, ["sh", "-c", "i=0; while [ ! -e /stop ]; do i=$((i+1)); echo line $i; sleep 0.1; done; exit 7"]);
        await api.PostAsync($"/containers/{id}/start");
        var process = await StateAsync(api, id, "Pid");
        for (var turn = 0; turn < 3; turn++)
        {
            await naru.KillAsync();
            Assert.True(Directory.Exists($"/proc/{process}"), "the container's process must survive");
            await naru.StartAgainAsync();
            Assert.Equal("true", await StateAsync(api, id, "Running"));
            Assert.Equal(process, await StateAsync(api, id, "Pid"));
        }

        // It ends while nobody watches: the code must be known afterwards.
        await naru.KillAsync();
        await File.WriteAllTextAsync($"/proc/{process}/root/stop", "");
        await MonitorsEndAsync(id);
        await naru.StartAgainAsync();
        Assert.Equal("7", await StateAsync(api, id, "ExitCode"));
        var log = (await api.GetAsync($"/containers/{id}/logs?stdout=1")).Body;
        var last = int.Parse(log.TrimEnd().Split(' ')[^1], CultureInfo.InvariantCulture);
        for (var line = 1; line <= last; line++)
        {
            Assert.Contains($"line {line}\n", log, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Killed_UnderLoad_KeepsItsWord()
    {
        await using var naru = await StartAsync();
        using var api = new EngineClient(naru.SocketPath);
        // The first container makes what stays for good (the bridge's rules, say), so that it does not count as a leak.
        await RunAndRemoveAsync(api);
        var before = naru.TakeLedger();
        var random = new Random(11);
        var promised = new Promises();
        for (var turn = 0; turn < Math.Max(4, Cycles / 5); turn++)
        {
            using var stop = new CancellationTokenSource();
            var load = Enumerable.Range(0, 4).Select(lane => LoadAsync(naru.SocketPath, promised, new Random((turn * 10) + lane), stop.Token)).ToArray();
            await Task.Delay(random.Next(50, 900), CancellationToken.None);
            await naru.KillAsync();
            await stop.CancelAsync();
            await Task.WhenAll(load);
            await naru.StartAgainAsync();
            await CheckAsync(api, promised);
        }

        await api.RemoveAllContainersAsync();
        await NoLeaksAsync(before, naru, allowedDescriptors: 40);
    }

    [Fact]
    public async Task ConmonKilled_ContainerIsEndedAndReportedAndRemovable()
    {
        await using var naru = await StartAsync();
        using var api = new EngineClient(naru.SocketPath);
        await RunAndRemoveAsync(api);
        var before = naru.TakeLedger();
        var id = await api.CreateAsync(Engine.Image, ["sleep", "1000"]);
        await api.PostAsync($"/containers/{id}/start");
        Command.Run("kill", ["-9", MonitorsOf(id).First()]);
        await Eventually.BecomesAsync(async () => await StateAsync(api, id, "Running") == "false", "the container counts as ended");
        Assert.NotEqual("0", await StateAsync(api, id, "ExitCode"));
        Assert.InRange((await api.DeleteAsync($"/containers/{id}?force=1")).Status, 200, 204);
        await NoLeaksAsync(before, naru);
    }

    [Fact]
    public async Task StartsAndStops_LeakNothing()
    {
        await using var naru = await StartAsync();
        using var api = new EngineClient(naru.SocketPath);
        for (var warm = 0; warm < 3; warm++)
        {
            await RunAndRemoveAsync(api);
        }

        var before = naru.TakeLedger();
        var kept = await api.CreateAsync(Engine.Image, ["sleep", "1000"], new JsonObject { ["StopSignal"] = "SIGKILL", ["HostConfig"] = Published(23080) });
        for (var cycle = 0; cycle < Cycles; cycle++)
        {
            await RunAndRemoveAsync(api);
            Assert.Equal(204, (await api.PostAsync($"/containers/{kept}/start")).Status);
            Assert.Equal(204, (await api.PostAsync($"/containers/{kept}/stop?t=1")).Status);
        }

        Assert.Equal(204, (await api.DeleteAsync($"/containers/{kept}")).Status);
        await NoLeaksAsync(before, naru);
    }

    [Fact]
    public async Task NetworksAndVolumes_MadeAndRemoved_LeakNothing()
    {
        await using var naru = await StartAsync();
        using var api = new EngineClient(naru.SocketPath);
        await RoundAsync(0);
        var before = naru.TakeLedger();
        for (var cycle = 1; cycle <= Math.Max(3, Cycles / 5); cycle++)
        {
            await RoundAsync(cycle);
        }

        await NoLeaksAsync(before, naru);

        async Task RoundAsync(int cycle)
        {
            var network = await api.PostAsync("/networks/create", new JsonObject { ["Name"] = $"n{cycle}" });
            Assert.Equal(201, network.Status);
            var options = new JsonObject { ["HostConfig"] = new JsonObject { ["NetworkMode"] = $"n{cycle}", ["Binds"] = new JsonArray($"v{cycle}:/data"), ["PortBindings"] = new JsonObject { ["80/tcp"] = new JsonArray(new JsonObject { ["HostPort"] = "23081" }) } } };
            var id = await api.CreateAsync(Engine.Image, ["sleep", "1000"], options);
            Assert.Equal(204, (await api.PostAsync($"/containers/{id}/start")).Status);
            Assert.Equal(204, (await api.DeleteAsync($"/containers/{id}?force=1")).Status);
            Assert.Equal(204, (await api.DeleteAsync($"/networks/n{cycle}")).Status);
            Assert.Equal(204, (await api.DeleteAsync($"/volumes/v{cycle}")).Status);
        }
    }

    [Fact]
    public async Task FailedStarts_LeakNothing()
    {
        await using var naru = await StartAsync();
        using var api = new EngineClient(naru.SocketPath);
        await RunAndRemoveAsync(api);
        var before = naru.TakeLedger();
        for (var cycle = 0; cycle < Math.Max(5, Cycles / 5); cycle++)
        {
            var id = await api.CreateAsync(Engine.Image, ["/no/such/program"], new JsonObject { ["HostConfig"] = Published(23082) });
            Assert.Equal(400, (await api.PostAsync($"/containers/{id}/start")).Status);
            Assert.Equal(204, (await api.DeleteAsync($"/containers/{id}")).Status);
        }

        await NoLeaksAsync(before, naru);
    }

    [Fact]
    public async Task TwoInstances_DoNotDisturbEachOther()
    {
        await using var first = await StartAsync();
        await using var second = await StartAsync();
        using var one = new EngineClient(first.SocketPath);
        using var two = new EngineClient(second.SocketPath);
        string[] ids = ["", ""];
        foreach (var (api, index) in ((EngineClient, int)[])[(one, 0), (two, 1)])
        {
            Assert.Equal(201, (await api.PostAsync("/networks/create", new JsonObject { ["Name"] = "same" })).Status);
            ids[index] = await api.CreateAsync(Engine.Image, ["sleep", "1000"], new JsonObject { ["HostConfig"] = new JsonObject { ["NetworkMode"] = "same" }, ["StopSignal"] = "SIGKILL" }, "same");
            Assert.Equal(204, (await api.PostAsync($"/containers/{ids[index]}/start")).Status);
        }

        Assert.NotEqual(ids[0], ids[1]);
        await first.KillAsync();
        Assert.Equal("true", await StateAsync(two, "same", "Running"));
        await first.StartAgainAsync();
        Assert.Equal("true", await StateAsync(one, "same", "Running"));
        Assert.Equal(204, (await one.DeleteAsync("/containers/same?force=1")).Status);
        Assert.Equal(204, (await one.DeleteAsync("/networks/same")).Status);
        Assert.Equal("true", await StateAsync(two, "same", "Running"));
        await using var scene = new ProbeOf(second);
        Assert.Equal(0, await scene.PingAsync("same"));
    }

    [Fact]
    public async Task RestartPolicy_AfterAKill_StartsWhatDied()
    {
        await using var naru = await StartAsync();
        using var api = new EngineClient(naru.SocketPath);
        var always = await api.CreateAsync(Engine.Image, ["sleep", "1000"], new JsonObject { ["HostConfig"] = new JsonObject { ["RestartPolicy"] = new JsonObject { ["Name"] = "always" } } });
        var never = await api.CreateAsync(Engine.Image, ["sleep", "1000"]);
        foreach (var id in (string[])[always, never])
        {
            await api.PostAsync($"/containers/{id}/start");
        }

        await naru.KillAsync();
        foreach (var monitor in MonitorsOf(always, never))
        {
            Command.Run("pkill", ["-9", "-P", monitor]);
        }

        await MonitorsEndAsync(always, never);
        await naru.StartAgainAsync();
        await Eventually.BecomesAsync(async () => await StateAsync(api, always, "Running") == "true", "it was started again");
        Assert.Equal("false", await StateAsync(api, never, "Running"));
        Assert.Equal("137", await StateAsync(api, never, "ExitCode"));
    }

    [Fact]
    public async Task FullDisk_IsAClearErrorAndPassesWhenThereIsRoomAgain()
    {
        var disk = Directory.CreateTempSubdirectory("naru-e2e-disk-").FullName;
        Assert.SkipUnless(Environment.UserName == "root" && NaruInstance.FindBinary() is not null, "it needs root and a naru executable");
        Assert.SkipUnless(Command.Run("mount", ["-t", "tmpfs", "-o", "size=24m", "none", disk]).ExitCode == 0, "no tmpfs can be mounted");
        try
        {
            await using var naru = await NaruInstance.StartAsync("--data-dir", $"{disk}/data", "--cluster=false");
            using var api = new EngineClient(naru.SocketPath);
            await LoadAsync(api, FixtureImages.Busybox(Engine.Image));
            var id = await api.CreateAsync(Engine.Image, ["sh", "-c", "dd if=/dev/zero of=/fill bs=1M; echo after; sleep 1000"], new JsonObject { ["StopSignal"] = "SIGKILL" }, "filler");
            Assert.Equal(204, (await api.PostAsync($"/containers/{id}/start")).Status);
            await Eventually.BecomesAsync(() => new DriveInfo(disk).AvailableFreeSpace < 8192, "the disk is full");
            var create = await api.PostAsync("/containers/create?name=second", new JsonObject { ["Image"] = Engine.Image });
            if (create.Status != 201)
            {
                Assert.True(create.Status is >= 400 && create.Message.Contains("no space left on device", StringComparison.OrdinalIgnoreCase), create.ToString());
            }

            var loaded = await LoadRawAsync(api, FixtureImages.Large("big:x", 1, 3_000_000));
            Assert.True(loaded.Status >= 400 || loaded.Body.Contains("no space left on device", StringComparison.OrdinalIgnoreCase), loaded.ToString());
            await naru.KillAsync();
            await naru.StartAgainAsync();
            Assert.Equal(204, (await api.DeleteAsync("/containers/filler?force=1")).Status);
            await RunAndRemoveAsync(api);
            await LoadAsync(api, FixtureImages.Large("big:x", 1, 3_000_000));
        }
        finally
        {
            Command.Run("umount", ["-l", disk]);
            Directory.Delete(disk, recursive: true);
        }
    }

    [Fact]
    public async Task RegistryDies_MidPull_LeavesNothingAndTheNextPullSucceeds()
    {
        Clients.Need(RegistryProcess.Program);
        await using var naru = await StartAsync();
        using var api = new EngineClient(naru.SocketPath);
        await using var registry = await RegistryProcess.StartAsync();
        var image = FixtureImages.Large($"{registry.Address}/large:x", 4, 20_000_000, seed: 13);
        await LoadAsync(api, image);
        var push = await api.SendAsync(HttpMethod.Post, $"/images/{registry.Address}/large/push?tag=x", Authorised());
        Assert.True(push.Status == 200 && !push.Body.Contains("errorDetail", StringComparison.Ordinal), push.ToString());
        await api.DeleteAsync($"/images/{registry.Address}/large:x");
        await using var proxy = await BreakingProxy.StartAsync(registry.Port, bytesBeforeDeath: 30_000_000);
        var broken = await api.PostAsync($"/images/create?fromImage=127.0.0.1:{proxy.Port}/large&tag=x");
        Assert.True(broken.Status >= 400 || broken.Body.Contains("errorDetail", StringComparison.Ordinal), broken.ToString());
        Assert.Equal(404, (await api.GetAsync($"/images/127.0.0.1:{proxy.Port}/large:x/json")).Status);
        proxy.Mend();
        var mended = await api.PostAsync($"/images/create?fromImage=127.0.0.1:{proxy.Port}/large&tag=x");
        Assert.False(mended.Body.Contains("errorDetail", StringComparison.Ordinal), mended.ToString());
        Assert.Equal(image.Id(), (await api.GetAsync($"/images/127.0.0.1:{proxy.Port}/large:x/json")).Json["Id"]!.GetValue<string>());
    }

    private static async Task<NaruInstance> StartAsync()
    {
        Assert.SkipUnless(Environment.UserName == "root", "the engine needs root");
        Assert.SkipWhen(NaruInstance.FindBinary() is null, "there is no naru executable: run eng/build");
        var naru = await NaruInstance.StartAsync("--cluster=false");
        using var api = new EngineClient(naru.SocketPath);
        await LoadAsync(api, FixtureImages.Busybox(Engine.Image));
        return naru;
    }

    private static async Task LoadAsync(EngineClient api, ImageArchive image)
    {
        var answer = await LoadRawAsync(api, image);
        Assert.True(answer.Status == 200 && !answer.Body.Contains("errorDetail", StringComparison.Ordinal), answer.ToString());
    }

    private static Task<EngineAnswer> LoadRawAsync(EngineClient api, ImageArchive image)
    {
        using var archive = new MemoryStream();
        image.Write(archive);
        return api.SendAsync(HttpMethod.Post, "/images/load?quiet=1", new ByteArrayContent(archive.ToArray()));
    }

    private static ByteArrayContent Authorised()
    {
        var content = new ByteArrayContent([]);
        content.Headers.Add("X-Registry-Auth", "e30=");
        return content;
    }

    private static JsonObject Published(int port) => new()
    {
        ["PortBindings"] = new JsonObject { ["80/tcp"] = new JsonArray(new JsonObject { ["HostPort"] = port.ToString(CultureInfo.InvariantCulture) }) },
    };

    private static async Task RunAndRemoveAsync(EngineClient api)
    {
        var id = await api.CreateAsync(Engine.Image, ["true"]);
        Assert.Equal(204, (await api.PostAsync($"/containers/{id}/start")).Status);
        Assert.Equal(200, (await api.PostAsync($"/containers/{id}/wait")).Status);
        Assert.Equal(204, (await api.DeleteAsync($"/containers/{id}?v=1")).Status);
    }

    private static async Task<string> StateAsync(EngineClient api, string id, string field) =>
        (await api.GetAsync($"/containers/{id}/json")).Json["State"]![field]!.ToJsonString();

    private static IEnumerable<string> MonitorsOf(params string[] ids) => Directory.GetDirectories("/proc")
        .Select(static path => Path.GetFileName(path))
        .Where(pid => int.TryParse(pid, out _) && ids.Any(id => IsMonitorOf(pid, id)));

    private static bool IsMonitorOf(string pid, string id)
    {
        try
        {
            var words = File.ReadAllText($"/proc/{pid}/cmdline").Split('\0');
            return words[0].EndsWith("conmon", StringComparison.Ordinal) && words.Contains(id);
        }
        catch (IOException)
        {
            return false;
        }
    }

    // A monitor notes how its container ended a moment after the process is gone, and then ends itself.
    private static Task MonitorsEndAsync(params string[] ids) => Eventually.BecomesAsync(() => !MonitorsOf(ids).Any(), "the containers' monitors ended");

    private static async Task NoLeaksAsync(HostLedger before, NaruInstance naru, int allowedDescriptors = 16)
    {
        IReadOnlyList<string> leaks = [];
        try
        {
            await Eventually.BecomesAsync(() => (leaks = before.Leaks(naru.TakeLedger(), allowedDescriptors)).Count == 0, "nothing is left over", TimeSpan.FromSeconds(60));
        }
        catch (TimeoutException)
        {
            Assert.Fail($"left over:\n{string.Join('\n', leaks)}\n{naru.Log()}");
        }
    }

    /// <summary>Creates, starts and removes until the engine goes away, and keeps account of what was acknowledged.</summary>
    private static async Task LoadAsync(string socket, Promises promised, Random random, CancellationToken stop)
    {
        using var api = new EngineClient(socket);
        var own = new List<string>();
        while (!stop.IsCancellationRequested)
        {
            var name = "load-" + Guid.NewGuid().ToString("n");
            try
            {
                promised.Uncertain(name);
                await api.CreateAsync(Engine.Image, ["sleep", "1000"], new JsonObject { ["StopSignal"] = "SIGKILL" }, name);
                promised.Created(name);
                own.Add(name);
                promised.StartUncertain(name);
                if ((await api.PostAsync($"/containers/{name}/start")).Status == 204)
                {
                    promised.Started(name);
                }

                if (random.Next(3) == 0)
                {
                    var victim = own[random.Next(own.Count)];
                    own.Remove(victim);
                    promised.Uncertain(victim);
                    if ((await api.DeleteAsync($"/containers/{victim}?force=1")).Status == 204)
                    {
                        promised.Removed(victim);
                    }
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or System.Net.Sockets.SocketException or OperationCanceledException)
            {
                return;
            }
        }
    }

    private static async Task CheckAsync(EngineClient api, Promises promised)
    {
        var list = (await api.GetAsync("/containers/json?all=1")).Json.AsArray();
        var states = list.ToDictionary(item => item!["Names"]![0]!.GetValue<string>().TrimStart('/'), item => item!["State"]!.GetValue<string>());
        foreach (var (name, expected) in promised.Snapshot())
        {
            states.TryGetValue(name, out var state);
            switch (expected)
            {
                case Promise.Created:
                    Assert.True(state is not null, $"{name} was acknowledged and is lost");
                    break;
                case Promise.Started:
                    Assert.True(state == "running", $"{name} was started and is {state ?? "lost"}");
                    break;
                case Promise.Removed:
                    Assert.True(state is null, $"{name} was removed and is {state}");
                    break;
            }
        }
    }
}
