using System.Text.Json;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Events;
using Naru.Core.Volumes;
using Naru.Dialects.Docker.Access;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Volumes;

/// <summary>Volumes.</summary>
internal sealed class VolumeRoutes(IVolumes volumes, IContainers containers, IEvents events) : IDockerRouteGroup
{
    public void Map(DockerRoutes routes)
    {
        routes.Get("/volumes", ListAsync);
        routes.Post("/volumes/create", CreateAsync);
        routes.Post("/volumes/prune", PruneAsync);
        routes.Get("/volumes/{name*}", call => call.JsonAsync(VolumeMap.Show(Get(call, call.Name))));
        routes.Put("/volumes/{name*}", UpdateAsync);
        routes.Delete("/volumes/{name*}", RemoveAsync);
    }

    private Task ListAsync(DockerCall call)
    {
        var filters = call.Filters().Allow("dangling", "driver", "label", "label!", "name");
        var dangling = filters.Flag("dangling");
        HashSet<string> used = dangling is null ? [] : UsedVolumes();
        var found = volumes.List().Where(volume =>
            Sees(call, volume) &&
            (dangling is not { } wanted || wanted != used.Contains(volume.Name)) &&
            (!filters.Has("driver") || filters["driver"].Contains(volume.Driver)) &&
            (!filters.Has("name") || filters["name"].Any(name => volume.Name.Contains(name, StringComparison.Ordinal))) &&
            filters.MatchesLabels(volume.Labels));
        return call.JsonAsync(new VolumeList { Volumes = [.. found.Select(VolumeMap.Show)] });
    }

    private async Task CreateAsync(DockerCall call)
    {
        var request = await call.RequireJsonAsync<VolumeCreateRequest>();
        if (call.Version.AtLeast(42) && request.ClusterVolumeSpec is { ValueKind: not JsonValueKind.Null })
        {
            throw DockerException.Unavailable(Swarm.SwarmRoutes.NotManager);
        }
        var spec = VolumeMap.ToCore(request);
        if (call.Access.NoPrivileged && !spec.Options.IsEmpty)
        {
            throw DockerException.Forbidden("this socket does not allow volumes with driver options");
        }
        if (spec.Name.Length > 0 && volumes.Find(spec.Name) is { } existing && !Sees(call, existing))
        {
            throw NaruException.Conflict($"A volume named {spec.Name} already exists.");
        }
        var volume = await volumes.CreateAsync(spec with { Labels = LabelScope.Add(call.Access, spec.Labels) }, call.Aborted);
        await call.JsonAsync(201, VolumeMap.Show(volume));
    }

    /// <summary>Only cluster volumes can be changed, and there are none outside a swarm.</summary>
    private async Task UpdateAsync(DockerCall call)
    {
        if (call.Number("version") is null)
        {
            throw DockerException.BadRequest("invalid volume version: strconv.ParseUint: parsing \"\": invalid syntax");
        }
        await Task.CompletedTask;
        throw DockerException.Unavailable(Swarm.SwarmRoutes.NotManager);
    }

    private async Task RemoveAsync(DockerCall call)
    {
        var force = call.Flag("force");
        if (!force || volumes.Find(call.Name) is not null)
        {
            Get(call, call.Name);
        }
        await volumes.RemoveAsync(call.Name, force, call.Aborted);
        await call.EmptyAsync(204);
    }

    private async Task PruneAsync(DockerCall call)
    {
        var filters = call.Filters().Allow("all", "label", "label!");
        // Until 1.41 a prune took named volumes too.
        var all = filters.Flag("all") ?? call.Version.Below(42);
        var (names, reclaimed) = await volumes.PruneAsync(all, volume => Sees(call, volume) && filters.MatchesLabels(volume.Labels), call.Aborted);
        events.Publish(PruneMoment.Event("volume", reclaimed));
        await call.JsonAsync(new VolumesPruneReport { VolumesDeleted = names.IsEmpty ? null : [.. names], SpaceReclaimed = reclaimed });
    }

    private Volume Get(DockerCall call, string name)
    {
        var volume = volumes.Get(name);
        return Sees(call, volume) ? volume : throw NaruException.NotFound($"get {name}: no such volume");
    }

    private static bool Sees(DockerCall call, Volume volume) => LabelScope.Contains(call.Access, volume.Labels);

    private HashSet<string> UsedVolumes() =>
        [.. containers.List().SelectMany(container => container.Mounts).Select(mount => mount.VolumeName).Where(name => name.Length > 0)];
}
