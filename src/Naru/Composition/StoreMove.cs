using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Naru.Configuration;
using Naru.Core.Errors;
using Naru.Core.Stores;
using Naru.Store.Etcd;
using Naru.Store.Sqlite;

namespace Naru.Composition;

/// <summary>Moves the cluster's objects from one kind of store to the other: offline, or from the store that a running naru has open, which refuses writes meanwhile and answers reads.</summary>
internal static class StoreMove
{
    /// <summary>The store that objects are taken from when no naru runs; not open yet.</summary>
    public static IStore Source(NaruOptions options, string to) => to == "etcd" ? Sqlite(options, mustExist: true) : Etcd(options);

    /// <summary>Opens what is closed, copies, checks, and says how many objects there are.</summary>
    /// <param name="options">Where both stores are.</param>
    /// <param name="to"><c>sqlite</c> or <c>etcd</c>.</param>
    /// <param name="source">From where; closed at the end unless it was open already.</param>
    /// <param name="cancellationToken">Gives up; running it again goes on where it ended.</param>
    public static async Task<JsonObject> RunAsync(NaruOptions options, string to, IStore source, CancellationToken cancellationToken)
    {
        var own = source is not StoreValve;
        try
        {
            if (own)
            {
                await OpenAsync(source, cancellationToken);
            }

            await using IStore target = to == "etcd" ? Etcd(options) : Sqlite(options, mustExist: false);
            await OpenAsync(target, cancellationToken);
            var name = to == "etcd" ? $"sqlite:{ClusterComposition.SqliteOptionsOf(options).Path}" : $"etcd:{options.EtcdPrefix}";
            var result = await new StoreMigration(source, name, target).RunAsync(null, cancellationToken);
            return new JsonObject { ["keys"] = result.Keys, ["skipped"] = result.Skipped, ["revision"] = result.SourceRevision, ["digest"] = result.Digest };
        }
        finally
        {
            if (own)
            {
                await source.DisposeAsync();
            }
        }
    }

    private static SqliteStore Sqlite(NaruOptions options, bool mustExist)
    {
        var settings = ClusterComposition.SqliteOptionsOf(options);
        return !mustExist || File.Exists(settings.Path)
            ? new SqliteStore(settings, TimeProvider.System, NullLogger<SqliteStore>.Instance)
            : throw NaruException.NotFound($"there is no store at {settings.Path}");
    }

    private static EtcdStore Etcd(NaruOptions options) => new(ClusterComposition.EtcdOptionsOf(options), TimeProvider.System, NullLogger<EtcdStore>.Instance);

    private static Task OpenAsync(IStore store, CancellationToken cancellationToken) => store switch
    {
        SqliteStore sqlite => sqlite.OpenAsync(cancellationToken),
        EtcdStore etcd => etcd.OpenAsync(cancellationToken),
        _ => Task.CompletedTask,
    };
}
