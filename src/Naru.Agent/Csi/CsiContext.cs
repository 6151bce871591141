using System.Text;
using Naru.Agent.Nodes;
using Naru.Agent.Pods;
using Naru.Agent.Volumes;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Agent.Csi;

/// <summary>What drivers are told besides the volume: who uses it, tokens in his name, secrets, what its attaching gave.</summary>
internal sealed class CsiContext(IObjects objects, ServiceTokens tokens, NodeIdentity identity)
{
    /// <summary>What the cluster says of a driver; empty where it says nothing.</summary>
    public MapValue DriverOf(string name) => objects.Get(AgentResources.CsiDrivers, "", name)?.Tree.Map("spec") ?? [];

    /// <summary>The volume's context for a pod.</summary>
    public Dictionary<string, string> For(PodView pod, CsiSource source, MapValue driver)
    {
        var context = source.Attributes.ToDictionary(StringComparer.Ordinal);
        if (driver.Boolean("podInfoOnMount") == true)
        {
            context["csi.storage.k8s.io/pod.name"] = pod.Name;
            context["csi.storage.k8s.io/pod.namespace"] = pod.Namespace;
            context["csi.storage.k8s.io/pod.uid"] = pod.Uid;
            context["csi.storage.k8s.io/serviceAccount.name"] = pod.Spec.Text("serviceAccountName") ?? "default";
            context["csi.storage.k8s.io/ephemeral"] = source.IsInline ? "true" : "false";
        }

        if (TokensFor(pod, driver) is { } issued && driver.Boolean("serviceAccountTokenInSecrets") != true)
        {
            context[TokenKey] = issued;
        }

        return context;
    }

    /// <summary>The secrets of a reference, with the pod's tokens where the driver wants them there.</summary>
    /// <exception cref="NaruException">NotFound: there is no such secret.</exception>
    public Dictionary<string, string> Secrets(MapValue? reference, PodView? pod = null, MapValue? driver = null)
    {
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        if (reference?.Text("name") is { Length: > 0 } name)
        {
            var space = reference.Text("namespace") ?? "";
            var secret = objects.Get(AgentResources.Secrets, space, name) ?? throw NaruException.NotFound($"fetching secret ref {space}/{name}: secret \"{name}\" not found");
            foreach (var (key, value) in secret.Tree.Map("data") ?? [])
            {
                result[key] = Encoding.UTF8.GetString(Convert.FromBase64String(value.ToString()!));
            }
        }

        if (pod is not null && driver?.Boolean("serviceAccountTokenInSecrets") == true && TokensFor(pod, driver) is { } issued)
        {
            result[TokenKey] = issued;
        }

        return result;
    }

    /// <summary>What attaching the volume gave. Null: it is not attached yet.</summary>
    public Dictionary<string, string>? Attached(CsiSource source)
    {
        var name = "csi-" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes($"{source.Handle}{source.Driver}{identity.Name}")));
        return objects.Get(AgentResources.Attachments, "", name)?.Tree is { } found && found.Boolean("status", "attached") == true
            ? found.Map("status", "attachmentMetadata")?.ToDictionary(static one => one.Key, static one => one.Value.ToString() ?? "") ?? []
            : null;
    }

    private const string TokenKey = "csi.storage.k8s.io/serviceAccount.tokens";

    private string? TokensFor(PodView pod, MapValue driver)
    {
        if (driver.List("tokenRequests") is not { Count: > 0 } wishes)
        {
            return null;
        }

        var all = new MapValue();
        foreach (var wish in wishes.Maps())
        {
            var issued = tokens.Issue(pod, wish, identity.Name);
            all[wish.Text("audience") ?? ""] = new MapValue { { "token", issued.Token }, { "expirationTimestamp", AgentTime.Format(issued.Expires) } };
        }

        return JsonText.ToText(all);
    }
}
