namespace Naru.Store.Sqlite.Writing;

/// <summary>The store's one row of state.</summary>
internal readonly record struct StoreState(long Revision, long Compacted, long Lease, long Keys);
