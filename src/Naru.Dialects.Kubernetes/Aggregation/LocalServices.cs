using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Aggregation;

/// <summary>Keeps an APIService for each group version that this server has itself, built in or custom, and takes away those of versions that are gone.</summary>
internal sealed class LocalServices(IObjects objects, IResourceCatalogue catalogue)
{
    private const string Marker = "kube-aggregator.kubernetes.io/automanaged";
    private static readonly WriteOptions Options = new() { FieldManager = "kube-apiserver" };

    /// <summary>The APIServices.</summary>
    public static readonly GroupResource Resource = new("apiregistration.k8s.io", "apiservices");

    /// <summary>Makes what is missing, deletes what is gone.</summary>
    public async Task SynchroniseAsync(CancellationToken cancellationToken)
    {
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        foreach (var version in catalogue.All.GroupBy(static one => (one.Resource.Group, one.Resource.Version)))
        {
            var (group, name) = version.Key;
            var service = $"{name}.{group}";
            if (group.Length == 0 ? !wanted.Add($"{name}.") : !wanted.Add(service))
            {
                continue;
            }

            service = group.Length == 0 ? $"{name}." : service;
            if (objects.Get(Resource, "", service) is null)
            {
                await IgnoreAsync(() => objects.CreateAsync(Resource, BodyOf(service, group, name, version.Any(static one => one.IsCustom)), Options, cancellationToken));
            }
        }

        foreach (var gone in objects.List(Resource).Where(one => IsManaged(one.Tree) && !wanted.Contains(one.Name)))
        {
            await IgnoreAsync(() => objects.DeleteAsync(Resource, "", gone.Name, new DeleteOptions(), cancellationToken));
        }
    }

    private static bool IsManaged(MapValue body) => body.Text("metadata", "labels", Marker) is not null;

    private static MapValue BodyOf(string name, string group, string version, bool isCustom) => new()
    {
        ["apiVersion"] = "apiregistration.k8s.io/v1",
        ["kind"] = "APIService",
        ["metadata"] = new MapValue { ["name"] = name, ["labels"] = new MapValue { [Marker] = isCustom ? "true" : "onstart" } },
        ["spec"] = new MapValue
        {
            ["group"] = group,
            ["version"] = version,
            ["groupPriorityMinimum"] = group.Length == 0 ? 18000L : isCustom ? 1000L : 17000L,
            ["versionPriority"] = isCustom ? 100L : version == "v2" ? 30L : 15L,
        },
    };

    private static async Task IgnoreAsync(Func<Task> write)
    {
        try
        {
            await write();
        }
        catch (NaruException failure) when (failure.Kind is ErrorKind.AlreadyExists or ErrorKind.NotFound or ErrorKind.Conflict or ErrorKind.InvalidArgument)
        {
            // Somebody else was first, or has the name: the next look will tell.
        }
    }
}
