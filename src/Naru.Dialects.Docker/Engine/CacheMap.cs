using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Engine;

internal static class CacheMap
{
    public static BuildCacheRecord Show(Core.Builds.BuildCacheRecord record, ApiVersion version) => new()
    {
        ID = record.Id,
        Parent = version.Below(42) && record.Parents.Length > 0 ? record.Parents[0] : null,
        Parents = record.Parents.IsEmpty ? null : [.. record.Parents],
        Type = record.Type,
        Description = record.Description,
        InUse = record.InUse,
        Shared = record.Shared,
        Size = record.Size,
        CreatedAt = GoTime.Format(record.Created),
        LastUsedAt = record.LastUsed is { } used ? GoTime.Format(used) : null,
        UsageCount = record.UsageCount,
    };
}
