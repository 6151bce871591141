using static Naru.Configuration.Settings;

namespace Naru.Configuration;

/// <summary>The options of the control plane, as part of the table of all options.</summary>
internal static class ClusterSettings
{
    /// <summary>In the order of help text.</summary>
    public static IReadOnlyList<Setting> All =>
    [
        Text("kubernetes-address", "ADDRESS:PORT", "serve the Kubernetes API here; port 0 takes a free one", o => o.KubernetesAddress, (o, v) => o with { KubernetesAddress = SettingValue.EndPoint(v, anyPort: true).ToString() }),
        List("kubernetes-name", "NAME", "further name of the Kubernetes API in its certificate", o => o.KubernetesNames, (o, v) => o with { KubernetesNames = v }),
        List("service-range", "CIDR", "range that services take addresses from", o => o.ServiceRanges, (o, v) => o with { ServiceRanges = SettingValue.Ranges(v) }),
        Text("node-port-range", "FIRST-LAST", "ports of services of type NodePort", o => o.NodePortRange, (o, v) => o with { NodePortRange = SettingValue.PortRange(v) }),
        List("load-balancer-range", "CIDR|FIRST-LAST", "addresses of services of type LoadBalancer", o => o.LoadBalancerRanges, (o, v) => o with { LoadBalancerRanges = [.. v.Select(SettingValue.AddressRange)] }),
        List("pod-range", "CIDR", "range that nodes take their pods' ranges from", o => o.PodRanges, (o, v) => o with { PodRanges = SettingValue.Ranges(v) }),
        Text("max-pods", "COUNT", "pods that fit on this node", o => $"{o.MaxPods}", (o, v) => o with { MaxPods = SettingValue.Number(v, 1, 1000) }),
        Text("pod-processes", "COUNT", "processes that one pod may have; 0: no limit", o => $"{o.PodProcesses}", (o, v) => o with { PodProcesses = SettingValue.Number(v, 0, 4_194_304) }),
        Text("static-pods", "DIR", "directory of files with static pods", o => o.StaticPods, (o, v) => o with { StaticPods = SettingValue.AbsolutePath(v) }),
        List("allow-sysctl", "NAME", "kernel parameter that pods may set beyond the safe ones", o => o.AllowedSysctls, (o, v) => o with { AllowedSysctls = v }),
        Text("eviction-memory", "SIZE", "with less memory available pods are ended", o => SettingValue.Show(o.EvictionMemory), (o, v) => o with { EvictionMemory = SettingValue.Size(v) }),
        Text("eviction-disk", "PERCENT", "with less of the disk free pods are ended", o => $"{o.EvictionDiskPercent}", (o, v) => o with { EvictionDiskPercent = SettingValue.Number(v, 0, 90) }),
        Text("cluster-domain", "DOMAIN", "DNS domain of the cluster", o => o.ClusterDomain, (o, v) => o with { ClusterDomain = SettingValue.Domain(v) }),
        List("etcd-endpoint", "URL", "keep the cluster's objects in etcd, not in SQLite", o => o.EtcdEndpoints, (o, v) => o with { EtcdEndpoints = v }),
        Text("etcd-ca", "FILE", "authority that etcd's certificate must come from", o => o.EtcdCa, (o, v) => o with { EtcdCa = SettingValue.AbsolutePath(v) }),
        Text("etcd-cert", "FILE", "certificate shown to etcd", o => o.EtcdCert, (o, v) => o with { EtcdCert = SettingValue.AbsolutePath(v) }),
        Text("etcd-key", "FILE", "key of that certificate", o => o.EtcdKey, (o, v) => o with { EtcdKey = SettingValue.AbsolutePath(v) }),
        Text("etcd-prefix", "PREFIX", "what all keys in etcd start with", o => o.EtcdPrefix, (o, v) => o with { EtcdPrefix = SettingValue.Matching(v, "a path such as /naru/", t => t.Length > 1 && t.StartsWith('/') && t.EndsWith('/')) }),
        Text("audit-policy", "FILE", "policy of the audit log", o => o.AuditPolicy, (o, v) => o with { AuditPolicy = SettingValue.AbsolutePath(v) }),
        Text("audit-log", "FILE", "file of the audit log", o => o.AuditLog, (o, v) => o with { AuditLog = SettingValue.AbsolutePath(v) }),
        Text("oidc-issuer", "URL", "OpenID Connect issuer whose tokens are taken", o => o.OidcIssuer, (o, v) => o with { OidcIssuer = SettingValue.Matching(v, "an https address", t => Uri.TryCreate(t, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.IsLoopback)) }),
        Text("oidc-client-id", "ID", "client that such tokens must be meant for", o => o.OidcClientId, (o, v) => o with { OidcClientId = v }),
        Text("oidc-username-claim", "CLAIM", "claim that names the user", o => o.OidcUsernameClaim, (o, v) => o with { OidcUsernameClaim = v }),
        Text("oidc-username-prefix", "PREFIX", "what the issuer's user names start with", o => o.OidcUsernamePrefix, (o, v) => o with { OidcUsernamePrefix = v }),
        Text("oidc-groups-claim", "CLAIM", "claim that names the groups", o => o.OidcGroupsClaim, (o, v) => o with { OidcGroupsClaim = v }),
        Text("oidc-groups-prefix", "PREFIX", "what the issuer's group names start with", o => o.OidcGroupsPrefix, (o, v) => o with { OidcGroupsPrefix = v }),
        List("oidc-required-claim", "KEY=VALUE", "claim that such tokens must have", o => o.OidcRequiredClaims, (o, v) => o with { OidcRequiredClaims = [.. v.Select(t => SettingValue.Matching(t, "a claim and its value such as team=blue", c => c.IndexOf('=', StringComparison.Ordinal) > 0))] }),
        Text("oidc-ca", "FILE", "authority that the issuer's certificate must come from", o => o.OidcCa, (o, v) => o with { OidcCa = SettingValue.AbsolutePath(v) }),
        Text("ingress-http-address", "ADDRESS:PORT", "the ingress' plain HTTP, or off", o => o.IngressHttpAddress, (o, v) => o with { IngressHttpAddress = IngressEnd(v) }),
        Text("ingress-https-address", "ADDRESS:PORT", "the ingress' HTTPS, or off", o => o.IngressHttpsAddress, (o, v) => o with { IngressHttpsAddress = IngressEnd(v) }),
        List("ingress-published-address", "ADDRESS", "address or name that statuses tell clients of the ingress", o => o.IngressPublished, (o, v) => o with { IngressPublished = v }),
        List("ingress-trusted-proxy", "CIDR", "network of proxies that the ingress believes", o => o.IngressTrusted, (o, v) => o with { IngressTrusted = [.. v.Select(t => SettingValue.Network(t).ToString())] }),
        Switch("ingress-external-names", "Ingress objects may lead to services of type ExternalName", o => o.IngressExternalNames, (o, v) => o with { IngressExternalNames = v }),
        Switch("ingress-access-log", "log every request of the ingress", o => o.IngressAccessLog, (o, v) => o with { IngressAccessLog = v }),
    ];

    private static string IngressEnd(string text) => text == "off" ? text : SettingValue.EndPoint(text, anyPort: true).ToString();
}
