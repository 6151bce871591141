using Naru.Controllers.Runtime;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Volumes;

/// <summary>Has volumes made for claims: directories of nodes by itself, others by whoever their class names.</summary>
public sealed class VolumeProvisioning(ControllerObjects objects, NodeControllersOptions options, EventRecorder events)
{
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SoonAgain = TimeSpan.FromSeconds(3);

    /// <summary>Has a volume made for a claim.</summary>
    public async Task<Requeue> ProvideAsync(StoredObject claim, string name, StoredObject? kind, CancellationToken cancellationToken)
    {
        switch (kind?.Tree.Text("provisioner"))
        {
            case null:
                Fail(claim, $"storageclass.storage.k8s.io \"{name}\" not found");
                return Requeue.No;
            case "kubernetes.io/no-provisioner":
                events.Record(claim, false, "FailedBinding", "no persistent volumes available for this claim and its storage class makes none", VolumeWords.Component);
                return Requeue.No;
            case LocalVolumes.Provisioner:
                return await MakeAsync(claim, kind, cancellationToken);
            case { } provisioner:
                await HandOverAsync(claim, provisioner, cancellationToken);
                return Requeue.No;
        }
    }

    /// <summary>Takes a volume's data away. Gives why that failed; null if nothing is left.</summary>
    internal Task<string?> RemoveAsync(StoredObject volume, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = volume.Tree.Text("spec", "local", "path");
        if (volume.Tree.Annotation(VolumeWords.ProvisionedBy) != LocalVolumes.Provisioner)
        {
            return Task.FromResult<string?>("error getting deleter volume plugin for volume: no deletable volume plugin matched");
        }

        // A volume's owner may write its spec: nothing but what was made here is ever deleted.
        if (path is null || Path.GetFullPath(path) != Path.GetFullPath(Path.Combine(options.VolumeDirectory, volume.Name)))
        {
            return Task.FromResult<string?>($"{path} is no directory that {LocalVolumes.Provisioner} made");
        }

        return Task.Run(() => Remove(path), cancellationToken);
    }

    private static string? Remove(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }

            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return failure.Message;
        }
    }

    private async Task<Requeue> MakeAsync(StoredObject claim, StoredObject kind, CancellationToken cancellationToken)
    {
        if (LocalVolumes.Refusal(claim.Tree) is { } refusal)
        {
            Fail(claim, refusal);
            return Requeue.No;
        }

        var origin = VolumeOrigin.Of(claim, objects);
        if (origin.Problem is { } problem)
        {
            Fail(claim, problem);
            return Requeue.In(SoonAgain);
        }

        if (NodeFor(claim, origin, out var failure) is not { } node)
        {
            Fail(claim, failure);
            if (claim.Tree.Annotation(VolumeWords.SelectedNode) is not null)
            {
                // The scheduler is to choose anew.
                await objects.ChangeAsync(VolumeWords.Claims, claim.Namespace, claim.Name, static tree => tree.Annotate(VolumeWords.SelectedNode, null), VolumeWords.Write, cancellationToken);
            }

            return Requeue.In(TryAgain);
        }

        await AnnotateAsync(claim, LocalVolumes.Provisioner, cancellationToken);
        try
        {
            var volume = await objects.CreateAsync(VolumeWords.Volumes, LocalVolumes.Body(claim, kind.Tree, node, origin, options.VolumeDirectory), VolumeWords.Write, cancellationToken);
            events.Record(claim, false, "ProvisioningSucceeded", $"Successfully provisioned volume {volume.Name}", VolumeWords.Component);
        }
        catch (NaruException there) when (there.Kind == ErrorKind.AlreadyExists)
        {
            // Made before a crash: the volume's own change, or this, wakes the claim.
            return Requeue.In(TimeSpan.FromSeconds(1));
        }

        return Requeue.No;
    }

    private StoredObject? NodeFor(StoredObject claim, VolumeOrigin origin, out string failure)
    {
        failure = "";
        if ((origin.Node ?? claim.Tree.Annotation(VolumeWords.SelectedNode)) is { } name)
        {
            if (claim.Tree.Annotation(VolumeWords.SelectedNode) is { } selected && selected != name)
            {
                failure = $"what the volume is to begin with lies on node \"{name}\", not on \"{selected}\"";
                return null;
            }

            failure = $"node \"{name}\" not found";
            return objects.Get(UpkeepResources.Nodes, "", name);
        }

        // A class that does not wait for a pod leaves no choice but where there is none.
        var nodes = objects.List(UpkeepResources.Nodes);
        failure = "a storage class of local volumes needs volumeBindingMode WaitForFirstConsumer where there is not exactly one node";
        return nodes.Count == 1 ? nodes[0] : null;
    }

    private async Task HandOverAsync(StoredObject claim, string provisioner, CancellationToken cancellationToken)
    {
        await AnnotateAsync(claim, provisioner, cancellationToken);
        events.Record(
            claim,
            false,
            "ExternalProvisioning",
            $"Waiting for a volume to be created either by the external provisioner '{provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.",
            VolumeWords.Component);
    }

    private Task AnnotateAsync(StoredObject claim, string provisioner, CancellationToken cancellationToken) =>
        claim.Tree.Annotation(VolumeWords.Provisioner) == provisioner && claim.Tree.Annotation(VolumeWords.OldProvisioner) == provisioner
            ? Task.CompletedTask
            : objects.ChangeAsync(
                VolumeWords.Claims,
                claim.Namespace,
                claim.Name,
                tree => tree.Text("metadata", "uid") == claim.Uid && (tree.Annotate(VolumeWords.Provisioner, provisioner) | tree.Annotate(VolumeWords.OldProvisioner, provisioner)),
                VolumeWords.Write,
                cancellationToken);

    private void Fail(StoredObject claim, string why) => events.Record(claim, true, "ProvisioningFailed", why, VolumeWords.Component);
}
