using Naru.Objects.Admission;
using Naru.Objects.Resources;

namespace Naru.Admission.Webhooks;

/// <summary>Webhooks that may refuse. All are asked at once.</summary>
internal sealed class ValidatingWebhooks(WebhookInvoker invoker) : AdmissionRule
{
    private static readonly GroupResource Configurations = new("admissionregistration.k8s.io", "validatingwebhookconfigurations");

    public override int Order => 800;

    public override bool Handles(AdmissionRequest request) => invoker.MayAsk(Configurations, request);

    public override async ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var calls = new List<Task>();
        foreach (var webhook in invoker.All(Configurations))
        {
            if (await invoker.MatchAsync(webhook, request, cancellationToken) is { } resource)
            {
                calls.Add(invoker.InvokeAsync(webhook, request, resource, mutates: false, cancellationToken));
            }
        }

        await Task.WhenAll(calls);
    }
}
