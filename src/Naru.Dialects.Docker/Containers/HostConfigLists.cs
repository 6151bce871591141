using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Containers;

/// <summary>The lists of a <see cref="HostConfig"/> whose empty form is remembered: which form is usual comes from the docker command line.</summary>
internal static class HostConfigLists
{
    public static string Read(HostConfig host)
    {
        var lists = new EmptyLists();
        lists.Asked(nameof(host.Binds), host.Binds?.Length, true);
        lists.Asked(nameof(host.PortBindings), host.PortBindings?.Count, false);
        lists.Asked(nameof(host.VolumesFrom), host.VolumesFrom?.Length, true);
        lists.Asked(nameof(host.CapAdd), host.CapAdd?.Length, true);
        lists.Asked(nameof(host.CapDrop), host.CapDrop?.Length, true);
        lists.Asked(nameof(host.Dns), host.Dns?.Length, false);
        lists.Asked(nameof(host.DnsOptions), host.DnsOptions?.Length, false);
        lists.Asked(nameof(host.DnsSearch), host.DnsSearch?.Length, false);
        lists.Asked(nameof(host.ExtraHosts), host.ExtraHosts?.Length, true);
        lists.Asked(nameof(host.GroupAdd), host.GroupAdd?.Length, true);
        lists.Asked(nameof(host.Links), host.Links?.Length, true);
        lists.Asked(nameof(host.SecurityOpt), host.SecurityOpt?.Length, true);
        lists.Asked(nameof(host.BlkioWeightDevice), host.BlkioWeightDevice?.Length, false);
        lists.Asked(nameof(host.BlkioDeviceReadBps), host.BlkioDeviceReadBps?.Length, true);
        lists.Asked(nameof(host.BlkioDeviceWriteBps), host.BlkioDeviceWriteBps?.Length, true);
        lists.Asked(nameof(host.BlkioDeviceReadIOps), host.BlkioDeviceReadIOps?.Length, true);
        lists.Asked(nameof(host.BlkioDeviceWriteIOps), host.BlkioDeviceWriteIOps?.Length, true);
        lists.Asked(nameof(host.Devices), host.Devices?.Length, false);
        lists.Asked(nameof(host.DeviceCgroupRules), host.DeviceCgroupRules?.Length, true);
        lists.Asked(nameof(host.DeviceRequests), host.DeviceRequests?.Length, true);
        lists.Asked(nameof(host.Ulimits), host.Ulimits?.Length, true);
        return lists.Text;
    }
}
