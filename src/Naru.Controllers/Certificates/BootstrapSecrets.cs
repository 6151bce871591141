using System.Text;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Controllers.Certificates;

/// <summary>Secrets of kube-system that hold the tokens that new nodes come with.</summary>
internal static class BootstrapSecrets
{
    public static readonly GroupResource Resource = new("", "secrets");

    /// <summary>It is one.</summary>
    public static bool Is(StoredObject secret) => secret.Namespace == "kube-system" && secret.Tree.Text("type") == "bootstrap.kubernetes.io/token";

    /// <summary>A field's text; null if it has none, or none that can be read.</summary>
    public static string? Read(MapValue secret, string field)
    {
        if (secret.Text("data", field) is not { } text)
        {
            return null;
        }

        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(text));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
