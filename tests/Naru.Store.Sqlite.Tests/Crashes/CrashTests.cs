using System.Globalization;
using Naru.Core.Stores;
using Naru.Testing;
using Naru.Testing.Running;
using Naru.Testing.Stores;

namespace Naru.Store.Sqlite.Tests.Crashes;

/// <summary>A writing process is killed at random moments, again and again. NARU_CRASHES sets how often.</summary>
public sealed class CrashTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly long[] _acknowledged = new long[CrashWriter.Writers];
    private readonly long[] _revisions = new long[CrashWriter.Writers];
    private long _revision;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Killed_AtAnyMoment_LosesNothingAcknowledged()
    {
        var random = new Random(11);
        var rounds = int.TryParse(Environment.GetEnvironmentVariable("NARU_CRASHES"), CultureInfo.InvariantCulture, out var wished) ? wished : 6;
        var database = _directory.At("store.db");
        for (var round = 0; round < rounds; round++)
        {
            await WriteUntilKilledAsync(database, random.Next(1, 1500));
            await CheckAsync(database);
        }

        Assert.True(_revision > rounds, $"only {_revision} writes were acknowledged");
    }

    private async Task WriteUntilKilledAsync(string database, int acknowledgements)
    {
        using var child = Command.Start("dotnet", [typeof(CrashTests).Assembly.Location, CrashWriter.Command, database]);
        var killed = false;
        while (await child.StandardOutput.ReadLineAsync(Cancel) is { } line)
        {
            var parts = line.Split(' ').Select(part => long.Parse(part, CultureInfo.InvariantCulture)).ToArray();
            Assert.True(parts[2] > _revisions[parts[0]], "revisions went back");
            _revisions[parts[0]] = parts[2];
            _acknowledged[parts[0]] = Math.Max(_acknowledged[parts[0]], parts[1]);
            _revision = Math.Max(_revision, parts[2]);
            if (!killed && --acknowledgements <= 0)
            {
                child.Kill();
                killed = true;
            }
        }

        await child.WaitForExitAsync(Cancel);
        Assert.True(killed, await child.StandardError.ReadToEndAsync(Cancel));
    }

    private async Task CheckAsync(string database)
    {
        await using var store = await Stores.OpenAsync(database);
        Assert.True(await store.GetRevisionAsync(Cancel) >= _revision, "an acknowledged revision is gone");
        for (var writer = 0; writer < CrashWriter.Writers; writer++)
        {
            var (a, b) = (CrashWriter.NumberOf(await store.GetAsync($"a/{writer}", Cancel)), CrashWriter.NumberOf(await store.GetAsync($"b/{writer}", Cancel)));
            Assert.Equal(a, b);
            Assert.InRange(a, _acknowledged[writer], long.MaxValue);
            _acknowledged[writer] = a;
        }

        var all = await store.RangeAsync("", StoreKeys.EndOf(""), 0, 0, Cancel);
        Assert.All(all.Entries, entry => Assert.InRange(entry.Modified, 1, all.Revision));
        _revision = all.Revision;
        Array.Fill(_revisions, _revision);
    }
}
