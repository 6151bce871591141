using Naru.Ingress.Backends;
using Naru.Ingress.Certificates;
using Naru.Ingress.Proxying;
using Naru.Ingress.Routing;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Ingress.Ingresses;

/// <summary>Makes routes of an Ingress. Reads nothing but the object: what is live hangs on the backends and certificates that it names.</summary>
internal sealed class IngressCompiler(IngressPolicies policies, BackendTable backends, SecretCertificates certificates, CounterTable counters)
{
    public CompiledIngress Compile(StoredObject ingress)
    {
        var annotations = new Annotations(ingress.Tree.Map("metadata", "annotations"));
        var hosts = ingress.Tree.Maps("spec", "rules").Select(static rule => rule.Text("host") ?? "").Distinct().ToList();
        var aliases = hosts.Any(static host => host.Length > 0) ? annotations.List("server-alias") : [];
        var named = Certificates(ingress, hosts);
        var policy = policies.Read(ingress.Namespace, annotations, named.Count > 0);
        var work = new Work(ingress, annotations, policy, new SourceKey("ingress", ingress.Namespace, ingress.Name));
        foreach (var rule in ingress.Tree.Maps("spec", "rules"))
        {
            var host = rule.Text("host") ?? "";
            foreach (var path in rule.Maps("http", "paths"))
            {
                AddPath(work, host.Length > 0 ? [host, .. aliases] : [host], path);
            }
        }

        if (ingress.Tree.Map("spec", "defaultBackend") is { } fallback && policy.Canary is null)
        {
            AddFallback(work, hosts.Contains("") ? hosts : [.. hosts, ""], fallback);
        }

        return new CompiledIngress(work.Routes, named, work.Backends, annotations.Problems);
    }

    private List<HostCertificate> Certificates(StoredObject ingress, IReadOnlyList<string> ruleHosts)
    {
        var found = new List<HostCertificate>();
        foreach (var one in ingress.Tree.Maps("spec", "tls"))
        {
            if (one.Text("secretName") is not { Length: > 0 } secret)
            {
                continue;
            }

            var certificate = certificates.For(ingress.Namespace, secret);
            var hosts = (one.List("hosts")?.Texts() ?? []).ToList();
            found.AddRange((hosts.Count > 0 ? hosts : ruleHosts.DefaultIfEmpty("")).Distinct().Select(host => new HostCertificate(host, certificate)));
        }

        return found;
    }

    private void AddPath(Work work, IReadOnlyList<string> hosts, MapValue path)
    {
        var text = path.Text("path") is { Length: > 0 } written ? written : "/";
        var route = new Route
        {
            Path = Match(work, text, path.Text("pathType") ?? "ImplementationSpecific"),
            Condition = work.Policy.Canary,
            Rank = work.NextRank(),
            Plan = Plan(work, path.Map("backend")),
        };
        work.Routes.AddRange(hosts.Select(host => new HostRoute(host, route)));
    }

    private void AddFallback(Work work, IEnumerable<string> hosts, MapValue backend)
    {
        var route = new Route { Path = PathMatch.Prefix("/"), IsFallback = true, Rank = work.NextRank(), Plan = Plan(work, backend) };
        work.Routes.AddRange(hosts.Select(host => new HostRoute(host, route)));
    }

    private static PathMatch Match(Work work, string text, string type)
    {
        if (work.Policy.UsesPatterns)
        {
            try
            {
                return PathMatch.LooseRegex(type == "Exact" ? text + "$" : text);
            }
            catch (ArgumentException)
            {
                work.Annotations.Refuse("use-regex", text, 0);
            }
        }

        return type == "Exact" ? PathMatch.Exact(text) : PathMatch.Prefix(text);
    }

    private RoutePlan Plan(Work work, MapValue? backend)
    {
        var policy = work.Policy;
        return new RoutePlan
        {
            Source = work.Source,
            Counters = counters.For(work.Source),
            Gates = policy.Gates,
            Backends = Backend(work, backend) is { } service ? new BackendChoice(service) : null,
            Protocol = policy.Protocol,
            Rewrite = policy.Rewrite,
            Host = policy.Host,
            RequestHeaders = policy.RequestHeaders,
            Limits = policy.Limits,
            Affinity = policy.Affinity,
        };
    }

    /// <summary>The backend of a service; null for one that is an object of another kind, which nobody can serve.</summary>
    private ServiceBackend? Backend(Work work, MapValue? backend)
    {
        if (backend?.Text("service", "name") is not { } name)
        {
            return null;
        }

        var taken = backends.Take(new BackendKey(work.Ingress.Namespace, name, backend.Text("service", "port", "name") ?? "", (int)(backend.Integer("service", "port", "number") ?? 0), FollowsNames: true));
        work.Backends.Add(taken);
        return taken;
    }

    private sealed class Work(StoredObject ingress, Annotations annotations, IngressPolicy policy, SourceKey source)
    {
        private int _index;

        public StoredObject Ingress => ingress;

        public Annotations Annotations => annotations;

        public IngressPolicy Policy => policy;

        public SourceKey Source => source;

        public List<HostRoute> Routes { get; } = [];

        public List<ServiceBackend> Backends { get; } = [];

        public RouteRank NextRank() => new()
        {
            IsCanary = policy.Canary is not null,
            Created = ingress.Tree.Text("metadata", "creationTimestamp") ?? "",
            Object = $"{ingress.Namespace}/{ingress.Name}",
            Index = _index++,
        };
    }
}
