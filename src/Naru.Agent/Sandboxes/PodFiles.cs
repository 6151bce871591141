using System.Globalization;
using System.Text;
using Naru.Agent.Pods;
using Naru.Core.Lifetime;
using Naru.Objects.Values;

namespace Naru.Agent.Sandboxes;

/// <summary>A pod's directory on the host: its hosts and resolver files, termination messages, volumes.</summary>
internal sealed class PodFiles(EngineDirectories directories, AgentOptions options)
{
    private const int LongestMessage = 4096;

    public string Root => directories.DataPath("agent", "pods");

    public string Of(string uid) => Path.Combine(Root, uid);

    /// <summary>Where a volume of a pod lies, if it lies with the pod.</summary>
    public string VolumeOf(string uid, string volume) => Path.Combine(Of(uid), "volumes", volume);

    public string HostsOf(PodView pod) => Path.Combine(Of(pod.Uid), "etc-hosts");

    public string ResolverOf(PodView pod) => Path.Combine(Of(pod.Uid), "resolv.conf");

    public string MessageOf(string uid, string container, int attempt) => Path.Combine(Of(uid), "containers", container, attempt.ToString(CultureInfo.InvariantCulture));

    /// <summary>Writes the hosts file. In place: containers have the file itself mounted.</summary>
    public void WriteHosts(PodView pod, IReadOnlyList<string> addresses)
    {
        var text = new StringBuilder();
        if (pod.HostNetwork)
        {
            text.Append("# Kubernetes-managed hosts file (host network).\n").Append(File.ReadAllText("/etc/hosts"));
        }
        else
        {
            text.Append("# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n");
            var names = DomainOf(pod) is { Length: > 0 } domain ? $"{pod.Hostname}.{domain}\t{pod.Hostname}" : pod.Hostname;
            foreach (var address in addresses)
            {
                text.Append(address).Append('\t').Append(names).Append('\n');
            }
        }

        var aliases = pod.Spec.Maps("hostAliases").ToList();
        if (aliases.Count > 0)
        {
            text.Append("\n# Entries added by HostAliases.\n");
            aliases.ForEach(alias => text.Append(alias.Text("ip")).Append('\t').AppendJoin('\t', alias.List("hostnames")?.Texts() ?? []).Append('\n'));
        }

        File.WriteAllText(HostsOf(pod), text.ToString());
    }

    /// <summary>The pod's domain; empty without a subdomain.</summary>
    public string DomainOf(PodView pod) =>
        pod.Spec.Text("hostnameOverride") is { Length: > 0 } ? "" : pod.Spec.Text("subdomain") is { Length: > 0 } subdomain ? $"{subdomain}.{pod.Namespace}.svc.{options.ClusterDomain}" : "";

    /// <summary>The host name inside: with its domain where the pod asks for that.</summary>
    public string HostnameOf(PodView pod) => pod.Spec.Boolean("setHostnameAsFQDN") == true && DomainOf(pod) is { Length: > 0 } domain ? $"{pod.Hostname}.{domain}" : pod.Hostname;

    /// <summary>Writes the resolver's file where the pod's DNS policy asks for one of its own. False: containers have what their network gives them.</summary>
    public bool WriteResolver(PodView pod)
    {
        if (PodResolver.Render(pod, options, static () => File.ReadAllText("/etc/resolv.conf")) is not { } text)
        {
            return false;
        }

        File.WriteAllText(ResolverOf(pod), text);
        return true;
    }

    /// <summary>The file that a container's last words go to, made empty.</summary>
    public string MakeMessage(PodView pod, string container, int attempt)
    {
        var path = MessageOf(pod.Uid, container, attempt);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (!File.Exists(path))
        {
            File.WriteAllBytes(path, []);
            File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32("666", 8));
        }

        return path;
    }

    /// <summary>What a container wrote there; null: nothing.</summary>
    public string? ReadMessage(string uid, string container, int attempt)
    {
        var path = MessageOf(uid, container, attempt);
        if (!File.Exists(path))
        {
            return null;
        }

        using var file = File.OpenRead(path);
        file.Seek(-Math.Min(file.Length, LongestMessage), SeekOrigin.End);
        var bytes = new byte[LongestMessage];
        var count = file.ReadAtLeast(bytes, LongestMessage, throwOnEndOfStream: false);
        return count == 0 ? null : Encoding.UTF8.GetString(bytes, 0, count);
    }

    /// <summary>Makes the pod's directory. Others than root may pass through it to what is theirs.</summary>
    public void Prepare(PodView pod) => Directory.CreateDirectory(Of(pod.Uid));
}
