using Naru.Objects.Admission;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Admission.Webhooks;

/// <summary>Webhooks that may change objects, one after the other. Those that want to be are asked a second time when others changed the object after them.</summary>
internal sealed class MutatingWebhooks(WebhookInvoker invoker) : AdmissionRule
{
    private static readonly GroupResource Configurations = new("admissionregistration.k8s.io", "mutatingwebhookconfigurations");

    public override int Order => 800;

    public override bool Handles(AdmissionRequest request) => invoker.MayAsk(Configurations, request);

    public override async ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var waiting = new List<Webhook>();
        var again = new List<Webhook>();
        foreach (var webhook in invoker.All(Configurations).ToList())
        {
            if (await invoker.MatchAsync(webhook, request, cancellationToken) is not { } resource)
            {
                continue;
            }

            if (await ChangeAsync(webhook, request, resource, cancellationToken))
            {
                again.AddRange(waiting);
                waiting.Clear();
            }

            if (webhook.Reinvokes)
            {
                waiting.Add(webhook);
            }
        }

        foreach (var webhook in again)
        {
            if (await invoker.MatchAsync(webhook, request, cancellationToken) is { } resource)
            {
                await ChangeAsync(webhook, request, resource, cancellationToken);
            }
        }
    }

    private async Task<bool> ChangeAsync(Webhook webhook, AdmissionRequest request, ResourceInfo resource, CancellationToken cancellationToken)
    {
        var before = request.Object;
        if (await invoker.InvokeAsync(webhook, request, resource, mutates: true, cancellationToken) is not { } changed || changed.DeepEquals(before))
        {
            return false;
        }

        // The tree is that of the request: whoever holds it sees the change.
        Replace(before!, changed);
        request.Unclean = true;
        return true;
    }

    private static void Replace(MapValue target, MapValue source)
    {
        target.Clear();
        foreach (var (name, value) in source)
        {
            target[name] = value;
        }
    }
}
