using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Naru.Core.Images;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Images;

/// <summary>Credentials as clients send them: JSON in base64, with or without padding, in either alphabet.</summary>
internal static class RegistryAuth
{
    /// <summary>The header of pull and push; null: none given.</summary>
    /// <exception cref="DockerException">400: not such a header.</exception>
    public static RegistryCredentials? FromHeader(DockerCall call)
    {
        var text = call.Header("X-Registry-Auth");
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }
        var auth = Read<AuthConfig>(text, "X-Registry-Auth");
        return auth is null ? null : ToCore(auth);
    }

    /// <summary>The header of builds: credentials by registry.</summary>
    public static Dictionary<string, RegistryCredentials> FromConfigHeader(DockerCall call)
    {
        var found = new Dictionary<string, RegistryCredentials>(StringComparer.Ordinal);
        var text = call.Header("X-Registry-Config");
        if (string.IsNullOrEmpty(text))
        {
            return found;
        }
        foreach (var (server, auth) in Read<Dictionary<string, AuthConfig>>(text, "X-Registry-Config") ?? [])
        {
            if (auth is not null && ToCore(auth) is { } credentials)
            {
                found[HostOf(server)] = credentials;
            }
        }
        return found;
    }

    public static RegistryCredentials? ToCore(AuthConfig auth)
    {
        var (user, password) = (auth.Username ?? "", auth.Password ?? "");
        if (user.Length == 0 && auth.Auth is { Length: > 0 } both && Decode(both) is { } decoded && Encoding.UTF8.GetString(decoded).Split(':', 2) is [var name, var secret])
        {
            (user, password) = (name, secret.TrimEnd('\0'));
        }
        var credentials = new RegistryCredentials
        {
            User = user,
            Password = password,
            IdentityToken = auth.IdentityToken ?? "",
            RegistryToken = auth.RegistryToken ?? "",
            Server = auth.ServerAddress is { Length: > 0 } server ? HostOf(server) : "",
        };
        return credentials is { User: "", Password: "", IdentityToken: "", RegistryToken: "" } ? null : credentials;
    }

    /// <summary>The default registry is written as a URL of its own; the rest as a host with or without scheme.</summary>
    internal static string HostOf(string server)
    {
        var scheme = server.IndexOf("://", StringComparison.Ordinal);
        var rest = scheme < 0 ? server : server[(scheme + 3)..];
        var slash = rest.IndexOf('/');
        var host = slash < 0 ? rest : rest[..slash];
        return host is "index.docker.io" or "registry-1.docker.io" ? ImageReference.DefaultRegistry : host;
    }

    private static T? Read<T>(string text, string header) where T : class
    {
        var bytes = Decode(text) ?? throw DockerException.BadRequest($"invalid {header} header: illegal base64 data");
        if (bytes.Length == 0)
        {
            return null;
        }
        try
        {
            return JsonSerializer.Deserialize(bytes, DockerJson.Reading.TypeOf<T>());
        }
        catch (JsonException)
        {
            throw DockerException.BadRequest($"invalid {header} header: invalid JSON");
        }
    }

    private static byte[]? Decode(string text)
    {
        var plain = text.Trim().TrimEnd('=').Replace('+', '-').Replace('/', '_');
        try
        {
            return Base64Url.DecodeFromChars(plain);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
