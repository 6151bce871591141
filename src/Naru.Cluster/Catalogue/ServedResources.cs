using System.Collections.Frozen;
using System.Collections.Immutable;
using Naru.Cluster.Caching;
using Naru.Core.Errors;
using Naru.Objects.Kinds;
using Naru.Objects.Resources;

namespace Naru.Cluster.Catalogue;

/// <summary>What is served now, with its laws.</summary>
internal sealed class ServedResources : IResourceCatalogue
{
    private readonly IKinds _kinds;
    private readonly ObjectCaches _caches;
    private readonly ImmutableArray<ServedResource> _builtIn;
    private volatile Tables _tables;

    public ServedResources(IKinds kinds, ObjectCaches caches)
    {
        _kinds = kinds;
        _caches = caches;
        _builtIn = [.. kinds.Resources.Select(info => new ServedResource(info, kinds.RulesOf(info.GroupVersionKind) ?? throw new InvalidOperationException($"{info.GroupVersionKind} has no laws"), null))];
        _tables = Tables.Of(_builtIn, 1);
        NameFields(_builtIn);
    }

    /// <inheritdoc/>
    public ImmutableArray<ResourceInfo> All => _tables.Infos;

    /// <inheritdoc/>
    public long Generation => _tables.Generation;

    /// <inheritdoc/>
    public ResourceInfo? Find(GroupVersionResource resource) => _tables.ByResource.GetValueOrDefault(resource)?.Info;

    /// <inheritdoc/>
    public ResourceInfo? Find(GroupVersionKind kind) => _tables.ByKind.GetValueOrDefault(kind)?.Info;

    /// <inheritdoc/>
    public ResourceInfo? Find(GroupResource resource) => _tables.ByStorage.GetValueOrDefault(resource)?.Info;

    /// <summary>The resource of a call, with its laws. NotFound if it is no longer served.</summary>
    public ServedResource Of(ResourceInfo info) =>
        _tables.ByResource.GetValueOrDefault(info.Resource) ?? throw NaruException.NotFound("the server could not find the requested resource");

    /// <summary>The resource as it is served now; false if it is no longer.</summary>
    public bool TryRenew(ref ServedResource resource)
    {
        if (!_tables.ByResource.TryGetValue(resource.Info.Resource, out var now))
        {
            return false;
        }

        resource = now;
        return true;
    }

    /// <summary>The resource at its storage version. NotFound if it is not served.</summary>
    public ServedResource Of(GroupResource resource) =>
        _tables.ByStorage.GetValueOrDefault(resource) ?? throw NaruException.NotFound($"the server could not find the requested resource {resource}");

    /// <summary>Whether the group has built-in resources.</summary>
    public bool IsBuiltIn(GroupResource resource) => _builtIn.Any(one => one.Storage == resource || one.Info.Resource.GroupResource == resource);

    /// <summary>The custom resources that are served from now on.</summary>
    public void SetCustom(IEnumerable<ServedResource> custom)
    {
        ImmutableArray<ServedResource> all = [.. _builtIn, .. custom];
        _tables = Tables.Of(all, _tables.Generation + 1);
        NameFields(all.Where(static one => one.Custom is not null));
    }

    private void NameFields(IEnumerable<ServedResource> resources)
    {
        foreach (var group in resources.GroupBy(static one => one.Storage))
        {
            var stored = group.FirstOrDefault(static one => one.IsStorageForm) ?? group.First();
            _caches.Of(group.Key).SetFields(
                group.SelectMany(static one => one.Rules.SelectableFields).Except(["metadata.name", "metadata.namespace"]),
                (item, field) => SelectField(group, stored, item, field));
        }
    }

    private string? SelectField(IEnumerable<ServedResource> forms, ServedResource stored, CachedObject item, string field)
    {
        if (stored.Rules.SelectableFields.Contains(field))
        {
            return stored.Rules.SelectField(item.Tree, field);
        }

        // A field that only another version names (events.k8s.io's regarding): read from that version.
        var other = forms.FirstOrDefault(one => one.Rules.SelectableFields.Contains(field));
        return other?.Rules.SelectField(other.Custom is null ? _kinds.Convert(item.Tree.CloneMap(), other.Info.GroupVersionKind) : item.Tree, field);
    }

    private sealed record Tables(
        long Generation,
        ImmutableArray<ResourceInfo> Infos,
        FrozenDictionary<GroupVersionResource, ServedResource> ByResource,
        FrozenDictionary<GroupVersionKind, ServedResource> ByKind,
        FrozenDictionary<GroupResource, ServedResource> ByStorage)
    {
        public static Tables Of(ImmutableArray<ServedResource> resources, long generation) => new(
            generation,
            [.. resources.Select(static one => one.Info)],
            resources.ToFrozenDictionary(static one => one.Info.Resource),
            // A kind may stand for several resources (Binding); the first that can be read is meant.
            resources.GroupBy(static one => one.Info.GroupVersionKind).ToFrozenDictionary(static group => group.Key, static group => group.MaxBy(static one => one.Info.Verbs.Length)!),
            resources.GroupBy(static one => one.Info.Resource.GroupResource).ToFrozenDictionary(static group => group.Key, static group => group.FirstOrDefault(static one => one.IsStorageForm) ?? group.First()));
    }
}
