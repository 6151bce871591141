using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Naru.Ingress.Backends;
using Naru.Ingress.Certificates;
using Naru.Ingress.Gateways;
using Naru.Ingress.Gateways.Definitions;
using Naru.Ingress.Ingresses;
using Naru.Ingress.Listening;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Ingress.Following;

/// <summary>The one thread that turns changes of objects into routes. Changes that come together are taken together; nothing is served before the first snapshots are complete.</summary>
internal sealed partial class IngressLoop(
    IObjects objects,
    BackendTable backends,
    SecretCertificates certificates,
    IngressClasses classes,
    IngressSet ingresses,
    IngressStatuses statuses,
    GatewaySet gateways,
    GatewayStatuses gatewayStatuses,
    DefinitionKeeper definitions,
    ListenerSet listeners,
    IngressOptions options,
    TimeProvider time,
    ILogger<IngressLoop> logger)
{
    private static readonly GroupResource[] Needed =
        [IngressResources.Classes, IngressResources.Services, IngressResources.Secrets, IngressResources.Slices, IngressResources.Nodes, IngressResources.Namespaces, IngressResources.Ingresses];

    // A full channel makes the watches wait; one that waits too long is cut off and starts anew.
    private readonly Channel<ObjectStep> _steps = Channel.CreateBounded<ObjectStep>(new BoundedChannelOptions(4096) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly HashSet<GroupResource> _complete = [];
    private readonly List<ObjectStep> _early = [];
    private bool _isReady;
    private bool _nodesChanged;
    private long _socketsTold = -1;

    /// <summary>Follows until the token ends.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var followers = Needed.Concat(GatewayResources.All).Select(resource => new Follower(resource, objects, _steps.Writer, time, logger).RunAsync(cancellationToken));
        await Task.WhenAll([.. followers, TakeAsync(cancellationToken)]);
    }

    private async Task TakeAsync(CancellationToken cancellationToken)
    {
        var again = false;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await WaitAsync(again, cancellationToken);
                while (_steps.Reader.TryRead(out var step))
                {
                    await TakeAsync(step, cancellationToken);
                }

                again = _isReady && await PublishAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // A supervisor: one object that cannot be served must not end the service of all others.
                LogFailed(exception);
                again = true;
            }
        }
    }

    private async Task WaitAsync(bool again, CancellationToken cancellationToken)
    {
        if (!again)
        {
            await _steps.Reader.WaitToReadAsync(cancellationToken);
            return;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(_steps.Reader.WaitToReadAsync(end.Token).AsTask(), Task.Delay(options.ListenRetry, time, end.Token));
        await end.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task TakeAsync(ObjectStep step, CancellationToken cancellationToken)
    {
        if (step.IsSnapshotEnd)
        {
            if (_complete.Add(step.Resource) && !_isReady && Needed.All(_complete.Contains))
            {
                await classes.EnsureAsync(cancellationToken);
                await definitions.EnsureAsync(cancellationToken);
                _isReady = true;
                _early.ForEach(Apply);
                _early.Clear();
            }

            if (step.Resource == GatewayResources.Classes)
            {
                // The first moment at which the class can be made: its definition is served now.
                await definitions.EnsureClassAsync(cancellationToken);
            }
        }
        else if (step.Resource == IngressResources.Ingresses && !_isReady)
        {
            _early.Add(step);
        }
        else
        {
            Apply(step);
        }
    }

    private void Apply(ObjectStep step)
    {
        if (step.Resource == IngressResources.Slices)
        {
            backends.SliceChanged(step.Object, gone: step.Now is null);
        }
        else if (step.Resource == IngressResources.Services)
        {
            backends.ServiceChanged(step.Object.Namespace, step.Object.Name);
            gateways.ServiceChanged();
        }
        else if (step.Resource == IngressResources.Nodes)
        {
            _nodesChanged = true;
        }
        else if (step.Resource == IngressResources.Secrets)
        {
            if (certificates.Changed(step.Object.Namespace, step.Object.Name))
            {
                gateways.Changed();
            }
        }
        else if (step.Resource == IngressResources.Ingresses)
        {
            ingresses.Changed(step.Old, step.Now);
        }
        else if (step.Resource == IngressResources.Classes && _isReady)
        {
            ingresses.ClassesChanged();
        }
        else if (step.Resource.Group == GatewayResources.Group ? !IsStatusOnly(step) : step.Resource == IngressResources.Namespaces && gateways.Gateways.Count > 0)
        {
            gateways.Changed();
        }
    }

    private static bool IsStatusOnly(ObjectStep step) => step is { Old: { } old, Now: { } now } && old.Uid == now.Uid && old.Tree.Integer("metadata", "generation") is { } generation && generation == now.Tree.Integer("metadata", "generation");

    /// <summary>Opens and closes sockets and writes statuses. True if something must be tried again.</summary>
    private async Task<bool> PublishAsync(CancellationToken cancellationToken)
    {
        var wanted = new HashSet<ListenerKey>();
        if (!ingresses.IsEmpty)
        {
            wanted.UnionWith(new[] { listeners.Http, listeners.Https }.OfType<ListenerKey>());
        }

        var refreshed = gateways.Refresh();
        wanted.UnionWith(gateways.Wanted);
        var missing = await listeners.ReconcileAsync(wanted, cancellationToken);
        await statuses.WriteAsync(listeners.PortOf(listeners.Http) != 0 || listeners.PortOf(listeners.Https) != 0, cancellationToken);
        if (refreshed || _nodesChanged || _socketsTold != listeners.Changes)
        {
            _nodesChanged = false;
            _socketsTold = listeners.Changes;
            await gatewayStatuses.WriteAsync(cancellationToken);
        }

        return missing;
    }

    [LoggerMessage(18031, LogLevel.Error, "A change could not be brought to the ingress; it is tried again")]
    private partial void LogFailed(Exception exception);
}
