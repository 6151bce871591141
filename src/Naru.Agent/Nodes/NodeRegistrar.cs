using Microsoft.Extensions.Logging;
using Naru.Agent.Admission;
using Naru.Agent.Events;
using Naru.Agent.Sandboxes;
using Naru.Core.Errors;
using Naru.Core.Hosts;
using Naru.Core.Images;
using Naru.Core.Lifetime;
using Naru.Objects.Api;

namespace Naru.Agent.Nodes;

/// <summary>Keeps the Node object saying what this host is.</summary>
internal sealed partial class NodeRegistrar(
    IObjects objects, IHost host, IImages images, NodeIdentity identity, PodNetwork network, NodePressures pressures, PodEvents events, EngineDirectories directories, AgentOptions options, TimeProvider time, ILogger<NodeRegistrar> logger)
{
    private static readonly WriteOptions Status = new() { Subresource = "status", FieldManager = "kubelet" };
    private static readonly WriteOptions Whole = new() { FieldManager = "kubelet" };
    private DateTimeOffset _reported;

    /// <summary>Why pods cannot run now; empty: they can.</summary>
    public string NotReady { get; set; } = "";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.StatusInterval, time);
        events.Node(false, "Starting", "Starting kubelet.");
        do
        {
            try
            {
                await ReportAsync(cancellationToken);
            }
            catch (NaruException failure)
            {
                LogFailed(failure.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>Makes the Node where there is none, else brings its labels and status up to date.</summary>
    public async Task ReportAsync(CancellationToken cancellationToken)
    {
        var sight = See();
        if (objects.Get(AgentResources.Nodes, "", identity.Name) is not { } there)
        {
            try
            {
                await objects.CreateAsync(AgentResources.Nodes, NodeBody.New(sight), Whole, cancellationToken);
                LogRegistered(identity.Name);
            }
            catch (NaruException failure) when (failure.Kind == ErrorKind.AlreadyExists)
            {
                // The cache lags: the next look finds it.
            }
        }
        else if (NodeBody.SetLabels(there.Tree.CloneMap(), sight))
        {
            await objects.ChangeAsync(AgentResources.Nodes, "", identity.Name, node => NodeBody.SetLabels(node, sight), Whole, cancellationToken);
        }

        var due = sight.Now - _reported >= options.StatusReportInterval;
        await objects.ChangeAsync(AgentResources.Nodes, "", identity.Name, node => NodeBody.SetStatus(node, sight) || due, Status, cancellationToken);
        _reported = due ? sight.Now : _reported;
        if (objects.Get(AgentResources.Nodes, "", identity.Name) is { } written && NodeBody.ClearNotReady(written.Tree.CloneMap(), sight))
        {
            await objects.ChangeAsync(AgentResources.Nodes, "", identity.Name, node => NodeBody.ClearNotReady(node, sight), Whole, cancellationToken);
        }
    }

    private NodeSight See() => new()
    {
        Name = identity.Name,
        Addresses = identity.Addresses,
        Host = host.Read(),
        BootId = HostReadings.BootId(),
        MachineId = HostReadings.MachineId(),
        PodRanges = network.Ranges,
        Images = images.List(),
        Disk = HostReadings.Disk(directories.Data),
        Pressures = pressures,
        MaxPods = options.MaxPods,
        ReservedMemory = options.ReservedMemory,
        NotReady = pressures.Shutdown.Length > 0 ? pressures.Shutdown : NotReady,
        Now = time.GetUtcNow(),
    };

    [LoggerMessage(17000, LogLevel.Information, "This host is the node {Node}")]
    private partial void LogRegistered(string node);

    [LoggerMessage(17001, LogLevel.Warning, "The node's status could not be written: {Problem}")]
    private partial void LogFailed(string problem);
}
