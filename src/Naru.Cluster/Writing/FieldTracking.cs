using Naru.Cluster.Catalogue;
using Naru.Cluster.CustomResources;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Cluster.Writing;

/// <summary>Notes in metadata.managedFields who manages which field.</summary>
internal sealed class FieldTracking(SchemaBook schemas, TimeProvider time)
{
    private const string Unknown = "unknown";

    /// <summary>After a create, update or patch. <paramref name="old"/> is null for a create.</summary>
    public void Track(ApiCall call, ServedResource resource, MapValue? old, MapValue body) =>
        schemas.Track(resource, old, body, ManagerOf(call), call.Subresource, time.GetUtcNow());

    /// <summary>Server-side apply of a configuration onto what stands (null: nothing).</summary>
    public MapValue Apply(ApiCall call, ServedResource resource, MapValue? live, MapValue config) =>
        schemas.Apply(resource, live, config, ManagerOf(call), call.Subresource, call.Force, time.GetUtcNow());

    /// <summary>The manager that the client names, or its program.</summary>
    private static string ManagerOf(ApiCall call)
    {
        if (call.FieldManager.Length > 0)
        {
            return call.FieldManager;
        }

        var slash = call.UserAgent.IndexOf('/', StringComparison.Ordinal);
        var program = slash < 0 ? call.UserAgent : call.UserAgent[..slash];
        return program.Length == 0 ? Unknown : program.Length > 128 ? program[..128] : program;
    }
}
