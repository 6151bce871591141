using System.Net.Sockets;
using Naru.Agent.Events;
using Naru.Agent.Pods;
using Naru.Core.Errors;
using Naru.Objects.Values;

namespace Naru.Agent.Hooks;

/// <summary>Hooks after a container's start and before its end.</summary>
internal sealed class HookRunner(ExecRunner execs, HttpCall http, PodTable table, Nodes.NodeIdentity identity, PodEvents events, TimeProvider time)
{
    /// <summary>Runs the hook after a start.</summary>
    /// <returns>Why it failed; null: it did not.</returns>
    public async Task<string?> AfterStartAsync(PodView pod, PodMember member, PodContainer container, MapValue hook, CancellationToken cancellationToken)
    {
        var problem = await RunAsync(pod, member, container, hook, cancellationToken);
        if (problem is not null)
        {
            events.Container(pod, member, true, "FailedPostStartHook", $"PostStartHook failed: {problem}");
        }

        return problem;
    }

    /// <summary>Runs the hook before an end; a failure is told and otherwise ignored.</summary>
    public async Task BeforeStopAsync(PodView pod, PodMember member, PodContainer container, MapValue hook, CancellationToken cancellationToken)
    {
        if (await RunAsync(pod, member, container, hook, cancellationToken) is { } problem)
        {
            events.Container(pod, member, true, "FailedPreStopHook", $"PreStopHook failed: {problem}");
        }
    }

    /// <summary>The hook before an end took all the time that there was.</summary>
    public void Hung(PodView pod, PodMember member) => events.Container(pod, member, true, "FailedPreStopHook", "PreStopHook did not end within the grace period");

    private async Task<string?> RunAsync(PodView pod, PodMember member, PodContainer container, MapValue hook, CancellationToken cancellationToken)
    {
        try
        {
            if (hook.Map("exec") is { } exec)
            {
                var command = exec.List("command")?.Texts().ToArray() ?? [];
                var result = await execs.RunAsync(container.Id.Value, [.. command], cancellationToken);
                return result.ExitCode == 0 ? null : $"command '{string.Join(' ', command)}' exited with {result.ExitCode}: {result.Output}";
            }

            if (hook.Map("httpGet") is { } get)
            {
                var sight = new PodSight { Pod = pod, Containers = table.Of(pod.Uid), Now = time.GetUtcNow() };
                var address = PodStatus.AddressOf(sight, identity.Addresses);
                var (status, _) = await http.GetAsync(get, member.Spec, address, "kube-lifecycle/1.36", cancellationToken);
                return status < 400 ? null : $"HTTP probe failed with statuscode: {status}";
            }

            if (hook.Integer("sleep", "seconds") is { } seconds)
            {
                await Task.Delay(TimeSpan.FromSeconds(seconds), time, cancellationToken);
            }

            return null;
        }
        catch (Exception failure) when (failure is NaruException or HttpRequestException or IOException or SocketException)
        {
            return failure.Message;
        }
    }
}
