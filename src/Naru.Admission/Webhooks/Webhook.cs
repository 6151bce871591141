using System.Text;
using Naru.Admission.Matching;
using Naru.Objects.Admission;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Admission.Webhooks;

/// <summary>One webhook of a configuration, read once.</summary>
internal sealed class Webhook
{
    private Webhook(string configuration, MapValue body)
    {
        Body = body;
        Configuration = configuration;
        Name = body.Text("name") ?? "";
        Rules = [.. body.Maps("rules")];
        Conditions = new MatchConditions(body.Maps("matchConditions"), RequestVariables.Plain);
        Target = ReadTarget(body, Name);
    }

    /// <summary>As it is written.</summary>
    public MapValue Body { get; }

    /// <summary>Name of the configuration.</summary>
    public string Configuration { get; }

    /// <summary>Its own name.</summary>
    public string Name { get; }

    public MapValue[] Rules { get; }

    public MatchConditions Conditions { get; }

    public WebhookTarget Target { get; }

    /// <summary>Other versions of a resource count as the one that a rule names.</summary>
    public bool IsEquivalent => Body.Text("matchPolicy") != "Exact";

    /// <summary>A call that fails does not refuse the request.</summary>
    public bool IgnoresFailure => Body.Text("failurePolicy") == "Ignore";

    /// <summary>Wants to be asked again when others changed the object after it.</summary>
    public bool Reinvokes => Body.Text("reinvocationPolicy") == "IfNeeded";

    /// <summary>May be asked about what will not be written.</summary>
    public bool TakesDryRuns => Body.Text("sideEffects") is "None" or "NoneOnDryRun";

    /// <summary>The version of reviews that it understands.</summary>
    public string ReviewVersion => Body.List("admissionReviewVersions")?.Texts().FirstOrDefault(static one => one is "v1" or "v1beta1") ?? "v1";

    /// <summary>The webhooks of a configuration.</summary>
    public static Webhook[] Read(ReadOnlyMemory<byte> json)
    {
        var configuration = JsonText.ParseMap(json.Span);
        var name = configuration.Text("metadata", "name") ?? "";
        return [.. configuration.Maps("webhooks").Select(body => new Webhook(name, body))];
    }

    private static WebhookTarget ReadTarget(MapValue body, string name)
    {
        var client = body.Map("clientConfig") ?? [];
        var service = client.Map("service");
        return new WebhookTarget(
            name,
            client.Text("url") ?? "",
            service is null ? null : new WebhookService(service.Text("namespace") ?? "", service.Text("name") ?? "", service.Text("path") ?? "", (int)(service.Integer("port") ?? 443)),
            Bundle(client.Text("caBundle") ?? ""),
            TimeSpan.FromSeconds(Math.Clamp(body.Integer("timeoutSeconds") ?? 10, 1, 30)));
    }

    private static byte[] Bundle(string text)
    {
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : [];
    }
}
