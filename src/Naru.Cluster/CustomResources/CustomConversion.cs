using System.Text;
using Naru.Cluster.Catalogue;
using Naru.Core.Errors;
using Naru.Objects.Admission;
using Naru.Objects.Json;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Cluster.CustomResources;

/// <summary>Brings custom objects from one version to another, as their definition says: by name alone, or by asking a webhook.</summary>
internal sealed class CustomConversion(IEnumerable<IWebhookCaller> callers)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly IWebhookCaller? _caller = callers.FirstOrDefault();

    /// <summary>The object at the other version; the tree given is not changed.</summary>
    public async ValueTask<MapValue> ConvertAsync(ServedResource resource, MapValue tree, GroupVersionKind to, CancellationToken cancellationToken)
    {
        var conversion = resource.Custom!.Conversion;
        if (conversion?.Text("strategy") != "Webhook")
        {
            var copy = tree.CloneMap();
            copy["apiVersion"] = to.ApiVersion;
            return copy;
        }

        var webhook = conversion.Map("webhook") ?? [];
        var caller = _caller ?? throw Failed(to, "no webhook can be called here");
        var answer = await caller.CallAsync(Target(resource, webhook.Map("clientConfig") ?? []), Ask(tree, to, webhook, out var uid), cancellationToken);
        return Read(answer, tree, to, uid);
    }

    private static byte[] Ask(MapValue tree, GroupVersionKind to, MapValue webhook, out string uid)
    {
        uid = Guid.NewGuid().ToString();
        var version = webhook.List("conversionReviewVersions")?.Texts().FirstOrDefault(static one => one is "v1" or "v1beta1") ?? "v1";
        return JsonText.ToBytes(new MapValue
        {
            ["kind"] = "ConversionReview",
            ["apiVersion"] = $"apiextensions.k8s.io/{version}",
            ["request"] = new MapValue { ["uid"] = uid, ["desiredAPIVersion"] = to.ApiVersion, ["objects"] = new ListValue([tree]) },
        });
    }

    private static MapValue Read(ReadOnlyMemory<byte> answer, MapValue tree, GroupVersionKind to, string uid)
    {
        var response = JsonText.ParseMap(answer.Span).Map("response") ?? throw Failed(to, "the answer has no response");
        if (response.Text("uid") != uid)
        {
            throw Failed(to, "the answer is to another request");
        }

        if (response.Text("result", "status") != "Success")
        {
            throw Failed(to, response.Text("result", "message") ?? "the webhook did not succeed");
        }

        var converted = response.Maps("convertedObjects").FirstOrDefault() ?? throw Failed(to, "the answer has no object");
        if (converted.Text("apiVersion") != to.ApiVersion || converted.Text("kind") != to.Kind)
        {
            throw Failed(to, $"the object in the answer is a {converted.Text("apiVersion")}, Kind={converted.Text("kind")}");
        }

        KeepMetadata(converted, tree, to);
        return converted;
    }

    // A webhook may change labels and annotations, nothing else of the metadata.
    private static void KeepMetadata(MapValue converted, MapValue tree, GroupVersionKind to)
    {
        var (given, before) = (converted.MakeMap("metadata"), tree.Map("metadata") ?? []);
        foreach (var field in (string[])["name", "namespace", "uid"])
        {
            if (given.Text(field) is { Length: > 0 } text && text != before.Text(field))
            {
                throw Failed(to, $"metadata.{field} must not be changed");
            }
        }

        var metadata = before.CloneMap();
        metadata["labels"] = given["labels"];
        metadata["annotations"] = given["annotations"];
        converted["metadata"] = metadata;
    }

    private static WebhookTarget Target(ServedResource resource, MapValue client)
    {
        var service = client.Map("service");
        return new WebhookTarget(
            $"conversion of {resource.Custom!.DefinitionName}",
            client.Text("url") ?? "",
            service is null ? null : new WebhookService(service.Text("namespace") ?? "", service.Text("name") ?? "", service.Text("path") ?? "", (int)(service.Integer("port") ?? 443)),
            client.Text("caBundle") is { Length: > 0 } bundle ? Bundle(bundle) : default,
            Patience);
    }

    private static byte[] Bundle(string text)
    {
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : [];
    }

    private static NaruException Failed(GroupVersionKind to, string why) => new(ErrorKind.Internal, $"conversion webhook for {to} failed: {why}");
}
