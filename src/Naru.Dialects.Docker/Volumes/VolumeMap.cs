using Naru.Core.Volumes;
using Naru.Dialects.Docker.Containers;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Volumes;

internal static class VolumeMap
{
    public static VolumeSpec ToCore(VolumeCreateRequest request) => new()
    {
        Name = request.Name ?? "",
        Driver = request.Driver ?? "",
        Options = WireMaps.Sorted(request.DriverOpts),
        Labels = WireMaps.Sorted(request.Labels),
    };

    public static VolumeResource Show(Volume volume) => new()
    {
        CreatedAt = GoTime.Format(volume.Created),
        Driver = volume.Driver,
        Labels = WireMaps.MapOrNull(volume.Labels),
        Mountpoint = volume.Path,
        Name = volume.Name,
        Options = WireMaps.MapOrNull(volume.Options),
    };
}
