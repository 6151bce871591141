using System.Security.Cryptography;
using System.Text;
using Naru.Controllers.Runtime;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Certificates;

/// <summary>Signs the public word on where the cluster is (config map <c>cluster-info</c> in kube-public) with every bootstrap token that may sign: who has the token knows that the word is true.</summary>
public sealed class BootstrapSigner(ControllerObjects objects) : IController
{
    private const string Space = "kube-public";
    private const string Map = "cluster-info";
    private const string Word = "kubeconfig";
    private const string Prefix = "jws-kubeconfig-";
    private static readonly ObjectKey Key = new(Space, Map);
    private static readonly WriteOptions Write = new() { FieldManager = "bootstrap-signer" };

    /// <inheritdoc/>
    public string Name => "bootstrap_signer_queue";

    /// <inheritdoc/>
    public int Workers => 1;

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches =>
    [
        new(UpkeepResources.ConfigMaps, static (old, now, keys) => Wake(ObjectKey.Of((now ?? old)!) == Key, keys)),
        new(BootstrapSecrets.Resource, static (old, now, keys) => Wake(BootstrapSecrets.Is((now ?? old)!), keys)),
    ];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (objects.Get(UpkeepResources.ConfigMaps, Space, Map) is not { } map || map.Tree.Text("data", Word) is not { } word)
        {
            return Requeue.No;
        }

        var wanted = objects.List(BootstrapSecrets.Resource, "kube-system").Where(static one => BootstrapSecrets.Is(one) && !one.IsEnding && BootstrapSecrets.Read(one.Tree, "usage-bootstrap-signing") == "true")
            .Select(static one => (Id: BootstrapSecrets.Read(one.Tree, "token-id"), Secret: BootstrapSecrets.Read(one.Tree, "token-secret")))
            .Where(static one => !string.IsNullOrEmpty(one.Id) && !string.IsNullOrEmpty(one.Secret))
            .GroupBy(static one => Prefix + one.Id).ToDictionary(static group => group.Key, group => Sign(group.First().Id!, group.First().Secret!, word));
        var body = map.Tree.CloneMap();
        if (Replace(body.MakeMap("data"), wanted))
        {
            await objects.UpdateAsync(UpkeepResources.ConfigMaps, body, Write, cancellationToken);
        }

        return Requeue.No;
    }

    /// <summary>A detached signature: header and signature, the words left out.</summary>
    private static string Sign(string id, string secret, string word)
    {
        var header = Encode(Encoding.UTF8.GetBytes($$"""{"alg":"HS256","kid":"{{id}}"}"""));
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{header}.{Encode(Encoding.UTF8.GetBytes(word))}"));
        return $"{header}..{Encode(signature)}";
    }

    private static bool Replace(MapValue data, Dictionary<string, string> wanted)
    {
        var changed = false;
        foreach (var name in data.Names.Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && !wanted.ContainsKey(name)).ToList())
        {
            changed |= data.Remove(name);
        }

        foreach (var (name, signature) in wanted)
        {
            changed |= data.Text(name) != signature;
            data[name] = signature;
        }

        return changed;
    }

    private static string Encode(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    private static void Wake(bool concerned, IKeys keys)
    {
        if (concerned)
        {
            keys.Add(Key);
        }
    }
}
