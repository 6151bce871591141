using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Core.Lifetime;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Admission.Policies;

/// <summary>Writes into the status of policies that judge what does not fit the types that they are about.</summary>
internal sealed partial class PolicyStatusStage(Lazy<IObjects> objects, PolicyTypeChecks checks, TimeProvider time, ILogger<PolicyStatusStage> logger) : IEngineStage, IDisposable
{
    private static readonly WriteOptions Options = new() { Subresource = "status", FieldManager = "kube-controller-manager" };
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;

    public int Order => 831;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var stopping = _stopping.Token;
        _loop = Task.Run(() => RunAsync(stopping), CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _loop.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await foreach (var change in objects.Value.WatchAsync(ValidatingPolicies.Policies, cancellationToken))
                {
                    if (change.Kind is ChangeKind.Added or ChangeKind.Modified)
                    {
                        await LookAsync(change.Object!, cancellationToken);
                    }
                }
            }
            catch (NaruException failure)
            {
                // The watch begins anew, with all policies.
                LogRestart(failure);
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private async Task LookAsync(StoredObject policy, CancellationToken cancellationToken)
    {
        var generation = policy.Tree.Integer("metadata", "generation") ?? 1;
        if (policy.Tree.Integer("status", "observedGeneration") == generation)
        {
            return;
        }

        var warnings = checks.Warnings(policy.Tree);
        try
        {
            await objects.Value.ChangeAsync(policy.Resource, "", policy.Name, body => Note(body, generation, warnings), Options, cancellationToken);
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.NotFound)
        {
            // Gone meanwhile.
        }
    }

    private static bool Note(MapValue body, long generation, ListValue warnings)
    {
        if ((body.Integer("metadata", "generation") ?? 1) != generation)
        {
            return false;
        }

        var status = body.MakeMap("status");
        status["observedGeneration"] = generation;
        status["typeChecking"] = warnings.Count == 0 ? new MapValue() : new MapValue { ["expressionWarnings"] = warnings.Clone() };
        return true;
    }

    [LoggerMessage(11520, LogLevel.Debug, "The types of policies are looked at anew")]
    private partial void LogRestart(Exception exception);
}
