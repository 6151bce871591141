namespace Naru.Linux.Cgroups;

/// <summary>How the host's control groups are laid out.</summary>
public enum CgroupVersion
{
    /// <summary>One hierarchy a controller; perhaps a version 2 tree beside them (hybrid).</summary>
    V1,

    /// <summary>One tree for all.</summary>
    V2,
}
