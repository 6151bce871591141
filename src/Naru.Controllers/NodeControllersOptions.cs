namespace Naru.Controllers;

/// <summary>Settings of the controllers of nodes, certificates, volumes and quotas.</summary>
public sealed class NodeControllersOptions
{
}
