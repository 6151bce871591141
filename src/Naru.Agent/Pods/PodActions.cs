using Microsoft.Extensions.Logging;
using Naru.Agent.Containers;
using Naru.Agent.Events;
using Naru.Agent.Hooks;
using Naru.Agent.Images;
using Naru.Agent.Nodes;
using Naru.Agent.Sandboxes;
using Naru.Agent.Volumes;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Objects.Values;

namespace Naru.Agent.Pods;

/// <summary>Carries out the steps of plans on the engine. Every step may be repeated.</summary>
internal sealed partial class PodActions(
    IContainers containers, AgentOptions options, PodFiles files, PodGroups groups, UserRanges users, PodVolumes volumes, ContainerSpecs specs, RuntimeHandlers runtimes, ImageKeeper images, HookRunner hooks, PodEvents events, NodeIdentity identity, ILogger<PodActions> logger) : IDisposable
{
    private const int LongestHostname = 64;

    // Starting is work for processors: more at a time only makes all of them later.
    private readonly SemaphoreSlim _starts = new((Environment.ProcessorCount * 2) + 2);

    public void Dispose() => _starts.Dispose();

    /// <summary>Makes and starts the sandbox, the pod's directory and its volumes.</summary>
    /// <exception cref="ConfigFailure">It could not be made.</exception>
    public async Task MakeSandboxAsync(PodView pod, int attempt, IReadOnlyList<PodContainer> old, CancellationToken cancellationToken)
    {
        if (files.HostnameOf(pod) is { Length: > LongestHostname } hostname)
        {
            throw new ConfigFailure("FailedCreatePodSandBox", $"Failed to construct FQDN from pod hostname and cluster domain, FQDN {hostname} is too long ({LongestHostname} is the max, {hostname.Length} characters requested)");
        }

        var own = UsersOf(pod);
        files.Prepare(pod);
        await volumes.PrepareAsync(pod, new PodAddresses([], identity.Addresses), cancellationToken);
        await _starts.WaitAsync(cancellationToken);
        try
        {
            foreach (var dead in old.Where(static one => one is { IsSandbox: true, IsLive: false }))
            {
                await RemoveAsync(dead, cancellationToken);
            }

            groups.Prepare(pod);
            var spec = SandboxSpecs.Build(pod, attempt, SandboxProgram.Find(options), files.DomainOf(pod), files.HostnameOf(pod), own);
            spec = spec with { Resources = spec.Resources with { CgroupParent = groups.Of(pod) }, Runtime = runtimes.HandlerOf(pod) };
            var made = await containers.CreateAsync(spec, PodNames.Of(pod, PodNames.SandboxName, attempt), cancellationToken);
            await containers.StartAsync(made.Container.Id.Value, cancellationToken);
            files.WriteResolver(pod);
            var sandbox = containers.Get(made.Container.Id.Value);
            files.WriteHosts(pod, [.. sandbox.Status.Network.Endpoints.Values.SelectMany(static one => (string[])[one.IPv4Address, one.IPv6Address]).Where(static one => one.Length > 0)]);
        }
        catch (ConfigFailure failure) when (failure.Reason == "FailedCreatePodSandBox")
        {
            events.Pod(pod, true, failure.Reason, $"Failed to create pod sandbox: {failure.Message}");
            throw;
        }
        catch (NaruException failure)
        {
            // What lies beneath does not name the sandbox, another at each try: equal reasons are counted as one event.
            var reason = (failure.InnerException as NaruException ?? failure).Message;
            events.Pod(pod, true, "FailedCreatePodSandBox", $"Failed to create pod sandbox: {reason}");
            throw new ConfigFailure("FailedCreatePodSandBox", reason);
        }
        finally
        {
            _starts.Release();
        }
    }

    /// <summary>Brings the image, makes the container and starts it; then runs its hook.</summary>
    /// <exception cref="ConfigFailure">It could not be started.</exception>
    public async Task StartAsync(PodView pod, PodStart start, PodContainer sandbox, IReadOnlyList<PodContainer> there, CancellationToken cancellationToken)
    {
        var member = start.Member;
        var image = await images.EnsureAsync(pod, member, cancellationToken);
        await images.EnsureVolumesAsync(pod, member, cancellationToken);
        PodContainer container;
        await _starts.WaitAsync(cancellationToken);
        try
        {
            container = await RunAsync(pod, start, sandbox, image, there, cancellationToken);
        }
        finally
        {
            _starts.Release();
        }

        if (member.Spec.Map("lifecycle", "postStart") is { } hook && await hooks.AfterStartAsync(pod, member, container, hook, cancellationToken) is { } problem)
        {
            await ContainerKill.ForceAsync(containers, container, cancellationToken);
            throw new ConfigFailure("PostStartHookError", problem);
        }
    }

    /// <summary>The engine's limits for a container.</summary>
    public ResourceSpec LimitsOf(PodView pod, PodMember member) => specs.LimitsOf(pod, member);

    /// <summary>The pod as a whole gets the limits that it asks for by now.</summary>
    public void Limit(PodView pod) => groups.Update(pod);

    /// <summary>The pod as a whole is not limited for a moment.</summary>
    public void Lift(PodView pod) => groups.Lift(pod);

    /// <summary>Nothing of a pod runs any more.</summary>
    public void RemoveGroup(string uid)
    {
        groups.Remove(uid);
        users.GiveBack(uid);
    }

    /// <summary>Removes a container that is dead or to be dead.</summary>
    public async Task RemoveAsync(PodContainer container, CancellationToken cancellationToken)
    {
        try
        {
            await containers.RemoveAsync(container.Id.Value, new RemoveOptions(Force: true, Volumes: true), cancellationToken);
            if (!container.IsSandbox)
            {
                File.Delete(files.MessageOf(container.PodUid, container.Name, container.Attempt));
            }
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.NotFound)
        {
            // Somebody else removed it.
        }
        catch (NaruException failure)
        {
            LogNotRemoved(container.Engine.Name, failure.Message);
        }
        catch (DirectoryNotFoundException)
        {
            // It never wrote anything.
        }
    }

    private UserMapping? UsersOf(PodView pod)
    {
        try
        {
            return pod.Spec.Boolean("hostUsers") == false ? users.Of(pod.Uid) : null;
        }
        catch (ConfigFailure failure)
        {
            // Better not at all than with less of a wall than was asked for.
            events.Pod(pod, true, failure.Reason, $"Failed to create pod sandbox: {failure.Message}");
            throw;
        }
    }

    private async Task<PodContainer> RunAsync(PodView pod, PodStart start, PodContainer sandbox, Core.Images.Image image, IReadOnlyList<PodContainer> there, CancellationToken cancellationToken)
    {
        var member = start.Member;
        var target = member.Spec.Text("targetContainerName") is { Length: > 0 } named ? there.LastOrDefault(one => one.IsLive && one.Name == named)?.Id.Value : null;
        var spec = Make(pod, start, sandbox, image, target);
        foreach (var old in there.Where(one => !one.IsSandbox && one.Name == member.Name && (one.Attempt >= start.Attempt || one.Attempt < start.Attempt - 1)))
        {
            await RemoveAsync(old, cancellationToken);
        }

        string id;
        try
        {
            id = (await containers.CreateAsync(spec, PodNames.Of(pod, member.Name, start.Attempt), cancellationToken)).Container.Id.Value;
            events.Container(pod, member, false, "Created", "Container created");
        }
        catch (NaruException failure)
        {
            events.Container(pod, member, true, "Failed", $"Error: {failure.Message}");
            throw new ConfigFailure("CreateContainerError", failure.Message);
        }

        try
        {
            await containers.StartAsync(id, cancellationToken);
        }
        catch (NaruException failure)
        {
            events.Container(pod, member, true, "Failed", $"Error: {failure.Message}");
            if (failure.Kind == ErrorKind.NotFound && PodVolumes.HasPartOfImage(pod, member))
            {
                // The part of the image that it wants is not there: it is as if it had never been made.
                await containers.RemoveAsync(id, new RemoveOptions(Force: true, Volumes: true), cancellationToken);
                throw new ConfigFailure("CreateContainerError", failure.Message);
            }

            throw new ConfigFailure("RunContainerError", failure.Message);
        }

        events.Container(pod, member, false, "Started", "Container started");
        return PodNames.Read(containers.Get(id))!;
    }

    private ContainerSpec Make(PodView pod, PodStart start, PodContainer sandbox, Core.Images.Image image, string? target)
    {
        try
        {
            var sight = new PodSight { Pod = pod, Containers = [sandbox], Now = default };
            var spec = specs.Build(pod, start, sandbox, image, new PodAddresses(PodStatus.AddressesOf(sight, identity.Addresses), identity.Addresses), target);
            return spec with { Resources = spec.Resources with { CgroupParent = groups.Of(pod) } };
        }
        catch (ConfigFailure failure)
        {
            events.Container(pod, start.Member, true, "Failed", $"Error: {failure.Message}");
            throw;
        }
        catch (NaruException failure)
        {
            events.Container(pod, start.Member, true, "Failed", $"Error: {failure.Message}");
            throw ConfigFailure.Config(failure.Message);
        }
    }

    [LoggerMessage(17020, LogLevel.Warning, "Container {Container} could not be removed: {Problem}")]
    private partial void LogNotRemoved(string container, string problem);
}
