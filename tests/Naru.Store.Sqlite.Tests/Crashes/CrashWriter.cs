using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Naru.Testing.Stores;
using static Naru.Testing.Stores.StoreTesting;

namespace Naru.Store.Sqlite.Tests.Crashes;

/// <summary>A child process that writes and says what was acknowledged, until it is killed.</summary>
internal static class CrashWriter
{
    public const string Command = "crash-writer";
    public const int Writers = 8;

    private static readonly string Padding = new('p', 2000);

    public static async Task<int> RunAsync(string database)
    {
        var options = new SqliteStoreOptions { Path = database, HistorySize = new(1 << 20), CheckpointSize = new(256 << 10) };
        await using var store = new SqliteStore(options, TimeProvider.System, NullLogger<SqliteStore>.Instance);
        await store.OpenAsync(CancellationToken.None);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => WriteAsync(store, writer)));
        return 0;
    }

    /// <summary>The number that a writer's two keys hold.</summary>
    public static long NumberOf(string? value) => value is null ? 0 : long.Parse(value.AsSpan(0, value.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture);

    private static async Task WriteAsync(SqliteStore store, int writer)
    {
        var number = NumberOf(await store.GetAsync($"a/{writer}", CancellationToken.None));
        while (true)
        {
            number++;
            var commit = await store.CommitAsync(Transaction(Put($"a/{writer}", $"{number} {Padding}"), Put($"b/{writer}", $"{number} {Padding}")), CancellationToken.None);
            lock (Command)
            {
                Console.WriteLine($"{writer} {number} {commit.Revision}");
                Console.Out.Flush();
            }
        }
    }
}
