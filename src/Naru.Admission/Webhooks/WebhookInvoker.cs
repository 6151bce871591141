using Microsoft.Extensions.Logging;
using Naru.Admission.Matching;
using Naru.Cel.Runtime;
using Naru.Core.Errors;
using Naru.Objects.Access;
using Naru.Objects.Admission;
using Naru.Objects.Api;
using Naru.Objects.Patches;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Admission.Webhooks;

/// <summary>Asks one webhook about one request.</summary>
internal sealed partial class WebhookInvoker(IWebhookCaller caller, Lazy<IObjects> objects, Lazy<IResourceCatalogue> catalogue, IAuthorizer authorizer, ObjectVersions versions, ILogger<WebhookInvoker> logger)
{
    /// <summary>The webhooks of all configurations of a resource, in order of the configurations' names.</summary>
    public IEnumerable<Webhook> All(GroupResource configurations) => objects.Value.List(configurations).SelectMany(static one => one.As(Webhook.Read));

    /// <summary>Whether there is anything that may be asked about the request.</summary>
    public bool MayAsk(GroupResource configurations, AdmissionRequest request) => !RequestRules.AreExempt(request.Resource.Resource.GroupResource) && objects.Value.List(configurations).Count > 0;

    /// <summary>The version of the resource at which the webhook wants to be asked; null if it is not to be.</summary>
    public async ValueTask<ResourceInfo?> MatchAsync(Webhook webhook, AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (RequestRules.Match(webhook.Rules, webhook.IsEquivalent, request, catalogue.Value) is not { } resource || !RequestSelectors.Match(webhook.Body, request, objects.Value))
        {
            return null;
        }

        if (webhook.Conditions.IsEmpty)
        {
            return resource;
        }

        var (body, old) = (await versions.AtAsync(request.Object, resource, cancellationToken), await versions.AtAsync(request.Old, resource, cancellationToken));
        var applies = webhook.Conditions.Hold(() => RequestVariables.Of(request, resource, body, old, authorizer), new CostMeter(CostMeter.PerObject / 4), out var failure);
        if (failure is not null && !webhook.IgnoresFailure)
        {
            throw request.Forbidden($"admission webhook \"{webhook.Name}\" could not be matched: {failure}");
        }

        return applies ? resource : null;
    }

    /// <summary>Asks. Gives the changed object of a webhook that changed it, null otherwise.</summary>
    /// <exception cref="NaruException">The webhook refuses, or could not be asked and that counts.</exception>
    public async Task<MapValue?> InvokeAsync(Webhook webhook, AdmissionRequest request, ResourceInfo resource, bool mutates, CancellationToken cancellationToken)
    {
        if (request.DryRun && !webhook.TakesDryRuns)
        {
            throw NaruException.Invalid($"admission webhook \"{webhook.Name}\" does not support dry run");
        }

        var body = await versions.AtAsync(request.Object, resource, cancellationToken);
        MapValue response;
        MapValue? changed;
        try
        {
            (response, changed) = await AskAsync(webhook, request, resource, body, mutates, cancellationToken);
        }
        catch (NaruException failure)
        {
            LogFailed(webhook.Name, failure.Message);
            return webhook.IgnoresFailure ? null : throw new NaruException(ErrorKind.Internal, $"Internal error occurred: failed calling webhook \"{webhook.Name}\": {failure.Message}", failure);
        }

        Note(webhook, request, response);
        return response.Boolean("allowed") == true ? await versions.AtAsync(changed, request.Resource, cancellationToken) : throw WebhookReview.Refusal(webhook.Name, response);
    }

    private static void Note(Webhook webhook, AdmissionRequest request, MapValue response)
    {
        // Webhooks that judge are asked at the same time.
        lock (request.Warnings)
        {
            foreach (var warning in response.List("warnings")?.Texts() ?? [])
            {
                request.Warnings.Add(warning);
            }

            foreach (var (key, value) in response.Map("auditAnnotations") ?? [])
            {
                request.AuditAnnotations.TryAdd($"{webhook.Name}/{key}", value.ToString() ?? "");
            }
        }
    }

    private async Task<(MapValue Response, MapValue? Changed)> AskAsync(Webhook webhook, AdmissionRequest request, ResourceInfo resource, MapValue? body, bool mutates, CancellationToken cancellationToken)
    {
        var uid = Guid.NewGuid().ToString();
        var old = await versions.AtAsync(request.Old, resource, cancellationToken);
        ReadOnlyMemory<byte> answer;
        try
        {
            answer = await caller.CallAsync(webhook.Target, WebhookReview.Ask(webhook, request, resource, body, old, uid), cancellationToken);
        }
        catch (NaruException failure)
        {
            throw new NaruException(failure.Kind, $"failed to call webhook: {failure.Message}", failure);
        }

        var response = WebhookReview.Read(webhook, answer, uid, mutates);
        if (!mutates || response.Boolean("allowed") != true || WebhookReview.PatchOf(response) is not { Count: > 0 } patch)
        {
            return (response, null);
        }

        if (body is null)
        {
            throw new NaruException(ErrorKind.Unavailable, "webhook attempted to modify the object, which is not supported for this operation");
        }

        return (response, JsonPatch.Apply(body.CloneMap(), patch) as MapValue ?? throw new NaruException(ErrorKind.Unavailable, "the patched object is no object"));
    }

    [LoggerMessage(11510, LogLevel.Warning, "Webhook {Name} could not be asked: {Reason}")]
    private partial void LogFailed(string name, string reason);
}
