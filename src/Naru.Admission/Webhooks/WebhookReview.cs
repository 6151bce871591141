using Naru.Admission.Matching;
using Naru.Core.Errors;
using Naru.Objects.Admission;
using Naru.Objects.Json;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Admission.Webhooks;

/// <summary>What a webhook is asked, and what it answers.</summary>
internal static class WebhookReview
{
    /// <summary>The question.</summary>
    public static byte[] Ask(Webhook webhook, AdmissionRequest request, ResourceInfo resource, MapValue? body, MapValue? old, string uid)
    {
        var question = new MapValue { ["uid"] = uid };
        foreach (var (name, value) in ReviewBodies.Request(request, resource))
        {
            question[name] = value;
        }

        question["object"] = (Value?)body ?? NullValue.Instance;
        question["oldObject"] = (Value?)old ?? NullValue.Instance;
        question["dryRun"] = request.DryRun;
        question["options"] = (Value?)request.Options ?? NullValue.Instance;
        return JsonText.ToBytes(new MapValue
        {
            ["kind"] = "AdmissionReview",
            ["apiVersion"] = $"admission.k8s.io/{webhook.ReviewVersion}",
            ["request"] = question,
        });
    }

    /// <summary>The answer's <c>response</c>.</summary>
    /// <exception cref="NaruException">Unavailable: it is no answer to the question.</exception>
    public static MapValue Read(Webhook webhook, ReadOnlyMemory<byte> answer, string uid, bool mutates)
    {
        MapValue review;
        try
        {
            review = JsonText.ParseMap(answer.Span);
        }
        catch (NaruException failure)
        {
            throw Invalid($"couldn't get version/kind; json parse error: {failure.Message}");
        }

        var response = review.Map("response") ?? throw Invalid("webhook response was absent");
        if (webhook.ReviewVersion == "v1")
        {
            if (review.Text("apiVersion") != "admission.k8s.io/v1" || review.Text("kind") != "AdmissionReview")
            {
                throw Invalid($"expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got {review.Text("apiVersion")}, Kind={review.Text("kind")}");
            }

            if (response.Text("uid") != uid)
            {
                throw Invalid($"expected response.uid=\"{uid}\", got \"{response.Text("uid")}\"");
            }

            CheckPatch(response, mutates);
        }

        return response;
    }

    /// <summary>The patch of an answer; null for none.</summary>
    public static ListValue? PatchOf(MapValue response)
    {
        if (response.Text("patch") is not { Length: > 0 } text)
        {
            return null;
        }

        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) && JsonText.Parse(bytes.AsSpan(0, length)) is ListValue patch ? patch : throw Invalid("webhook returned a patch that is no list of operations");
    }

    /// <summary>The refusal that an answer means.</summary>
    public static NaruException Refusal(string webhook, MapValue response)
    {
        var status = response.Map("result") ?? response.Map("status") ?? [];
        var (message, reason) = (status.Text("message") ?? "", status.Text("reason") ?? "");
        var denied = $"admission webhook \"{webhook}\" denied the request";
        var text = message.Length > 0 ? $"{denied}: {message}" : reason.Length > 0 ? $"{denied}: {reason}" : $"{denied} without explanation";
        var kind = status.Integer("code") switch
        {
            401 => ErrorKind.Unauthenticated,
            403 => ErrorKind.PermissionDenied,
            404 => ErrorKind.NotFound,
            405 => ErrorKind.NotImplemented,
            409 => ErrorKind.Conflict,
            410 => ErrorKind.Expired,
            422 => ErrorKind.InvalidArgument,
            429 => ErrorKind.ResourceExhausted,
            503 => ErrorKind.Unavailable,
            >= 500 => ErrorKind.Internal,
            _ => reason == "Forbidden" ? ErrorKind.PermissionDenied : ErrorKind.InvalidArgument,
        };
        return new NaruException(kind, text) { Details = Details(status, text) };
    }

    private static FailureDetails? Details(MapValue status, string text)
    {
        var details = status.Map("details");
        var causes = details?.Maps("causes").Select(static one => new FailureCause(one.Text("reason") ?? "", one.Text("message") ?? "", one.Text("field") ?? "")).ToList() ?? [];
        if (causes.Count == 0 && status.Integer("code") == 422)
        {
            causes.Add(new FailureCause("", text, ""));
        }

        return details is null && causes.Count == 0 ? null
            : new FailureDetails { Group = details?.Text("group") ?? "", Kind = details?.Text("kind") ?? "", Name = details?.Text("name") ?? "", Causes = [.. causes] };
    }

    private static void CheckPatch(MapValue response, bool mutates)
    {
        var (patch, type) = (response.Text("patch") ?? "", response.Text("patchType") ?? "");
        if (!mutates && (patch.Length > 0 || type.Length > 0))
        {
            throw Invalid(patch.Length > 0 ? "validating webhook may not return response.patch" : "validating webhook may not return response.patchType");
        }

        if (patch.Length > 0 && type != "JSONPatch")
        {
            throw Invalid(type.Length == 0 ? "webhook returned response.patch but not response.patchType" : $"webhook returned invalid response.patchType of \"{type}\"");
        }
    }

    private static NaruException Invalid(string message) => new(ErrorKind.Unavailable, $"received invalid webhook response: {message}");
}
