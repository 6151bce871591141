using System.Text;
using Naru.Cluster.Catalogue;
using Naru.Core.Errors;
using Naru.Objects.Admission;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Cluster.CustomResources;

/// <summary>Brings custom objects from one version to another, as their definition says: by name alone, or by asking a webhook.</summary>
internal sealed class CustomConversion(IEnumerable<IWebhookCaller> callers, ServedResources served) : IObjectConversion
{
    private const int MostAtOnce = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly IWebhookCaller? _caller = callers.FirstOrDefault();

    /// <inheritdoc/>
    public ValueTask<MapValue> ConvertAsync(MapValue body, ResourceInfo to, CancellationToken cancellationToken) => ConvertAsync(served.Of(to), body, to.GroupVersionKind, cancellationToken);

    /// <summary>The object at the other version; the tree given is not changed.</summary>
    public async ValueTask<MapValue> ConvertAsync(ServedResource resource, MapValue tree, GroupVersionKind to, CancellationToken cancellationToken)
    {
        if (!resource.Custom!.AsksWebhook)
        {
            var copy = tree.CloneMap();
            copy["apiVersion"] = to.ApiVersion;
            return copy;
        }

        return (await AskAsync(resource, [tree], to, cancellationToken))[0];
    }

    /// <summary>Many objects at the other version, in their order, by a webhook that is asked about a hundred of one version at a time; those that are there already stay as they are.</summary>
    public async ValueTask<MapValue[]> ConvertAsync(ServedResource resource, IEnumerable<MapValue> trees, GroupVersionKind to, CancellationToken cancellationToken)
    {
        MapValue[] all = [.. trees];
        foreach (var version in Enumerable.Range(0, all.Length).Where(place => all[place].Text("apiVersion") != to.ApiVersion).ToLookup(place => all[place].Text("apiVersion")))
        {
            foreach (var places in version.Chunk(MostAtOnce))
            {
                var answer = await AskAsync(resource, [.. places.Select(place => all[place])], to, cancellationToken);
                for (var index = 0; index < places.Length; index++)
                {
                    all[places[index]] = answer[index];
                }
            }
        }

        return all;
    }

    private async ValueTask<List<MapValue>> AskAsync(ServedResource resource, IReadOnlyList<MapValue> trees, GroupVersionKind to, CancellationToken cancellationToken)
    {
        var webhook = resource.Custom!.Conversion?.Map("webhook") ?? [];
        var version = webhook.List("conversionReviewVersions")?.Texts().FirstOrDefault(static one => one is "v1" or "v1beta1") ?? "v1";
        var review = new ConversionReview(trees, to, version);
        var caller = _caller ?? throw review.Wrong("no webhook can be called here");
        ReadOnlyMemory<byte> answer;
        try
        {
            answer = await caller.CallAsync(Target(resource, webhook.Map("clientConfig") ?? []), review.Ask(), cancellationToken);
        }
        catch (NaruException failure)
        {
            throw review.Wrong(failure.Message, failure);
        }

        var converted = review.Read(answer);
        foreach (var one in converted)
        {
            // What the schema of the version asked for does not know is lost, as it is when a client sends it.
            if (resource.Custom is { Schema: { } schema, PreserveUnknown: false } && resource.Info.GroupVersionKind == to)
            {
                schema.Prune(one, []);
            }
        }

        return converted;
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
}
