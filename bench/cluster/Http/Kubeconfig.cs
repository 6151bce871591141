using System.Security.Cryptography.X509Certificates;
using Naru.Objects.Values;
using Naru.Objects.Yaml;

namespace Naru.Cluster.Bench.Http;

/// <summary>Where a kubeconfig's current context leads, and as whom.</summary>
internal sealed record Kubeconfig(Uri Server, X509Certificate2Collection? Authority, X509Certificate2? Client, string? Token)
{
    public static Kubeconfig Read(string path)
    {
        var file = (MapValue)YamlText.Parse(File.ReadAllBytes(path));
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var context = Entry(file, "contexts", file.Text("current-context")).Map("context")!;
        var cluster = Entry(file, "clusters", context.Text("cluster")).Map("cluster")!;
        var user = Entry(file, "users", context.Text("user")).Map("user")!;
        var authority = Pem(cluster, "certificate-authority", folder);
        var certificate = Pem(user, "client-certificate", folder);
        X509Certificate2Collection? authorities = null;
        if (authority is not null)
        {
            authorities = [];
            authorities.ImportFromPem(authority);
        }

        return new Kubeconfig(new Uri(cluster.Text("server")!), authorities, certificate is null ? null : X509Certificate2.CreateFromPem(certificate, Pem(user, "client-key", folder)), user.Text("token"));
    }

    private static MapValue Entry(MapValue file, string list, string? name) =>
        file.List(list)!.OfType<MapValue>().First(one => one.Text("name") == name);

    private static string? Pem(MapValue map, string name, string folder) =>
        map.Text(name + "-data") is { } data ? System.Text.Encoding.ASCII.GetString(Convert.FromBase64String(data))
        : map.Text(name) is { } file ? File.ReadAllText(Path.Combine(folder, file))
        : null;
}
