using System.Text;
using Naru.Agent.Pods;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Objects.Api;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Agent.Images;

/// <summary>Credentials for registries, from the pull secrets of pods.</summary>
internal sealed class PullSecrets(IObjects objects)
{
    /// <summary>What is to be tried, in order; without credentials last.</summary>
    public IEnumerable<RegistryCredentials?> For(PodView pod, string registry)
    {
        foreach (var reference in pod.Spec.Maps("imagePullSecrets"))
        {
            if (objects.Get(AgentResources.Secrets, pod.Namespace, reference.Text("name") ?? "") is { } secret && Read(secret.Tree) is { } auths)
            {
                foreach (var (server, entry) in auths)
                {
                    if (entry is MapValue one && Matches(server, registry) && Credentials(one) is { } credentials)
                    {
                        yield return credentials;
                    }
                }
            }
        }

        yield return null;
    }

    private static MapValue? Read(MapValue secret)
    {
        var (text, wrapped) = secret.Text("data", ".dockerconfigjson") is { } json ? (json, true) : (secret.Text("data", ".dockercfg"), false);
        if (text is null)
        {
            return null;
        }

        try
        {
            var parsed = JsonText.Parse(Convert.FromBase64String(text)) as MapValue;
            return wrapped ? parsed?.Map("auths") : parsed;
        }
        catch (Exception failure) when (failure is NaruException or FormatException)
        {
            // A secret that cannot be read gives no credentials; the registry's refusal tells the user.
            return null;
        }
    }

    private static bool Matches(string server, string registry)
    {
        var host = server.Replace("https://", "", StringComparison.Ordinal).Replace("http://", "", StringComparison.Ordinal).Split('/')[0];
        return host == registry || (registry == ImageReference.DefaultRegistry && host is "index.docker.io" or "registry-1.docker.io" or "docker.io");
    }

    private static RegistryCredentials? Credentials(MapValue entry)
    {
        if (entry.Text("username") is { Length: > 0 } user)
        {
            return new() { User = user, Password = entry.Text("password") ?? "" };
        }

        if (entry.Text("auth") is not { Length: > 0 } auth)
        {
            return entry.Text("identitytoken") is { Length: > 0 } token ? new() { IdentityToken = token } : null;
        }

        var text = Encoding.UTF8.GetString(Convert.FromBase64String(auth));
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : new() { User = text[..colon], Password = text[(colon + 1)..] };
    }
}
