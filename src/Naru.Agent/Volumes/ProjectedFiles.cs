using System.Text;
using Naru.Agent.Containers;
using Naru.Agent.Nodes;
using Naru.Agent.Pods;
using Naru.Core.Errors;
using Naru.Core.Hosts;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Agent.Volumes;

/// <summary>Volumes made of objects: configuration, secrets, the pod's own fields, tokens, and several of them together.</summary>
internal sealed class ProjectedFiles(IObjects objects, IHost host, NodeIdentity identity, ServiceTokens tokens)
{
    private const int DefaultMode = 0x1A4;

    /// <summary>The volume is one of these.</summary>
    public static bool Takes(MapValue volume) => volume.Has("configMap") || volume.Has("secret") || volume.Has("downwardAPI") || volume.Has("projected");

    /// <summary>The files of a volume as they are to be now.</summary>
    /// <exception cref="NaruException">NotFound: something that it names is not there and not optional.</exception>
    public IReadOnlyCollection<PublishedFile> Of(PodView pod, MapValue volume, PodAddresses addresses)
    {
        var result = new Dictionary<string, PublishedFile>(StringComparer.Ordinal);
        var own = volume.Map("projected") ?? volume.Map("configMap") ?? volume.Map("secret") ?? volume.Map("downwardAPI")!;
        var mode = (int)(own.Integer("defaultMode") ?? DefaultMode);
        foreach (var source in volume.Has("projected") ? own.Maps("sources") : [volume])
        {
            foreach (var file in From(pod, source, addresses, mode))
            {
                result[file.Path] = file;
            }
        }

        return result.Values;
    }

    private IEnumerable<PublishedFile> From(PodView pod, MapValue source, PodAddresses addresses, int mode)
    {
        if (source.Map("configMap") is { } configMap)
        {
            return FromObject(AgentResources.ConfigMaps, "configmap", pod, configMap, configMap.Text("name"), mode);
        }

        if (source.Map("secret") is { } secret)
        {
            return FromObject(AgentResources.Secrets, "secret", pod, secret, secret.Text("secretName") ?? secret.Text("name"), mode);
        }

        if (source.Map("downwardAPI") is { } fields)
        {
            return FromFields(pod, fields, addresses, mode);
        }

        return source.Map("serviceAccountToken") is { } token
            ? [new PublishedFile(token.Text("path") ?? "token", Encoding.UTF8.GetBytes(tokens.For(pod, token, identity.Name)), TokenMode(pod, mode), TokenUser(pod))]
            : [];
    }

    private IEnumerable<PublishedFile> FromObject(Naru.Objects.Resources.GroupResource resource, string word, PodView pod, MapValue reference, string? name, int mode)
    {
        var optional = reference.Boolean("optional") == true;
        if (objects.Get(resource, pod.Namespace, name ?? "") is not { } found)
        {
            return optional ? [] : throw NaruException.NotFound($"{word} \"{name}\" not found");
        }

        var content = Content(found.Tree, word == "secret");
        if (reference.List("items") is not { Count: > 0 } items)
        {
            return content.Select(one => new PublishedFile(one.Key, one.Value, mode));
        }

        return items.Maps().Where(item => content.ContainsKey(item.Text("key") ?? "") || !optional).Select(item => new PublishedFile(
            item.Text("path") ?? "",
            content.TryGetValue(item.Text("key") ?? "", out var bytes) ? bytes : throw NaruException.NotFound($"references non-existent {word} key: {item.Text("key")}"),
            (int)(item.Integer("mode") ?? mode))).ToList();
    }

    private static Dictionary<string, byte[]> Content(MapValue found, bool isSecret)
    {
        var content = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (key, value) in found.Map("data") ?? [])
        {
            content[key] = isSecret ? Convert.FromBase64String(value.ToString()!) : Encoding.UTF8.GetBytes(value.ToString()!);
        }

        foreach (var (key, value) in found.Map("binaryData") ?? [])
        {
            content[key] = Convert.FromBase64String(value.ToString()!);
        }

        return content;
    }

    private List<PublishedFile> FromFields(PodView pod, MapValue fields, PodAddresses addresses, int mode)
    {
        var facts = host.Read();
        var room = new NodeRoom(facts.Processors, facts.Memory, 0);
        return [.. fields.Maps("items").Select(item =>
        {
            var text = item.Map("resourceFieldRef") is { } resource
                ? FieldReferences.Resource(pod.Member(resource.Text("containerName") ?? "")?.Spec ?? [], resource.Text("resource") ?? "", resource.At("divisor")?.ToString(), room)
                : FieldReferences.Field(pod, item.Text("fieldRef", "fieldPath") ?? "", addresses) ?? "";
            return new PublishedFile(item.Text("path") ?? "", Encoding.UTF8.GetBytes(text), (int)(item.Integer("mode") ?? mode));
        })];
    }

    // A token is its pod's alone: whoever the containers run as may read it, and nobody else.
    private static int TokenMode(PodView pod, int mode) => pod.Spec.Integer("securityContext", "fsGroup") is not null || TokenUser(pod) is not null ? 0x180 : mode;

    private static long? TokenUser(PodView pod)
    {
        if (pod.Spec.Integer("securityContext", "fsGroup") is not null)
        {
            return null;
        }

        var users = pod.Members.Select(one => one.Spec.Integer("securityContext", "runAsUser") ?? pod.Spec.Integer("securityContext", "runAsUser")).Distinct().ToList();
        return users.Count == 1 ? users[0] : null;
    }
}
