using System.Security.Cryptography;
using System.Text;
using Naru.Core.Lifetime;

namespace Naru.Agent.Csi;

/// <summary>Where drivers and this node meet: below the agent's directory, as drivers know it from a kubelet's.</summary>
internal sealed class CsiPlaces(EngineDirectories directories)
{
    /// <summary>Sockets by which plugins make themselves known.</summary>
    public string Registry => directories.DataPath("agent", "plugins_registry");

    /// <summary>What drivers keep, and volumes that are ready on the node.</summary>
    public string Plugins => directories.DataPath("agent", "plugins");

    /// <summary>Directory of a volume that is ready on the node.</summary>
    public string StagingOf(string driver, string handle) => Path.Combine(
        Plugins, "kubernetes.io", "csi", driver, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(handle))), "globalmount");
}
