using Naru.Admission.Quotas;
using Naru.Core.Errors;
using Naru.Core.Lifetime;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Admission;

/// <summary>Makes the priority classes of the system, and gives quotas back in the background.</summary>
internal sealed class AdmissionStage(Lazy<IObjects> objects, QuotaReturns returns) : IEngineStage, IDisposable
{
    private static readonly (string Name, long Value, string Description)[] SystemClasses =
    [
        ("system-node-critical", 2_000_001_000, "Used for system critical pods that must not be moved from their current node."),
        ("system-cluster-critical", 2_000_000_000, "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary."),
    ];

    private readonly CancellationTokenSource _stopping = new();
    private Task _returning = Task.CompletedTask;

    public int Order => 830;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var (name, value, description) in SystemClasses)
        {
            await MakeAsync(name, value, description, cancellationToken);
        }

        var stopping = _stopping.Token;
        _returning = Task.Run(() => returns.RunAsync(stopping), CancellationToken.None);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _returning.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task MakeAsync(string name, long value, string description, CancellationToken cancellationToken)
    {
        if (objects.Value.Get(Known.PriorityClasses, "", name) is not null)
        {
            return;
        }

        var body = new MapValue
        {
            ["apiVersion"] = "scheduling.k8s.io/v1",
            ["kind"] = "PriorityClass",
            ["metadata"] = new MapValue { ["name"] = name },
            ["value"] = value,
            ["description"] = description,
        };
        try
        {
            await objects.Value.CreateAsync(Known.PriorityClasses, body, new WriteOptions(), cancellationToken);
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.AlreadyExists)
        {
            // Another instance on the same store was quicker.
        }
    }
}
