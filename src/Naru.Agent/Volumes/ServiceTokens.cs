using System.Collections.Concurrent;
using Naru.Agent.Pods;
using Naru.Core.Errors;
using Naru.Objects.Access;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Agent.Volumes;

/// <summary>Tokens of service accounts for pods, made anew when most of their time is over.</summary>
internal sealed class ServiceTokens(IObjects objects, ITokenIssuer issuer, TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);
    private readonly ConcurrentDictionary<string, (IssuedToken Token, DateTimeOffset Renew)> _tokens = new(StringComparer.Ordinal);

    /// <summary>The token of a projected source.</summary>
    public string For(PodView pod, MapValue source, string node) => Issue(pod, source, node).Token;

    /// <summary>The same with its end.</summary>
    public IssuedToken Issue(PodView pod, MapValue source, string node)
    {
        var audience = source.Text("audience") ?? "";
        var lifetime = TimeSpan.FromSeconds(source.Integer("expirationSeconds") ?? 3600);
        var key = $"{pod.Uid}|{audience}|{lifetime.TotalSeconds}";
        var now = time.GetUtcNow();
        if (_tokens.TryGetValue(key, out var known) && known.Renew > now)
        {
            return known.Token;
        }

        var account = pod.Spec.Text("serviceAccountName") is { Length: > 0 } named ? named : "default";
        var found = objects.Get(AgentResources.ServiceAccounts, pod.Namespace, account) ?? throw NaruException.NotFound($"serviceaccount \"{account}\" not found");
        var bound = new BoundObject("Pod", pod.Name, pod.Uid, node, objects.Get(AgentResources.Nodes, "", node)?.Uid ?? "");
        var issued = issuer.Issue(new TokenWish(pod.Namespace, account, found.Uid, audience.Length > 0 ? [audience] : [], lifetime, bound));
        var whole = issued.Expires - now;
        _tokens[key] = (issued, now + (whole * 0.8 < Longest ? whole * 0.8 : Longest));
        return issued;
    }

    /// <summary>Forgets those of a pod.</summary>
    public void Forget(string uid)
    {
        foreach (var key in _tokens.Keys.Where(key => key.StartsWith(uid + "|", StringComparison.Ordinal)))
        {
            _tokens.TryRemove(key, out _);
        }
    }
}
