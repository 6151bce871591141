using System.Collections.Immutable;
using System.Net;
using Microsoft.AspNetCore.Http;
using Naru.Ingress.Backends;
using Naru.Ingress.Gates;
using Naru.Ingress.Proxying;
using Naru.Objects.Api;

namespace Naru.Ingress.Ingresses;

/// <summary>What the annotations of one Ingress make of its routes.</summary>
internal sealed class IngressPolicy
{
    public required ImmutableArray<IGate> Gates { get; init; }

    public required ForwardLimits Limits { get; init; }

    public BackendProtocol? Protocol { get; init; }

    public CookieAffinity? Affinity { get; init; }

    public IPathRewrite? Rewrite { get; init; }

    /// <summary>Paths are patterns.</summary>
    public bool UsesPatterns { get; init; }

    public string? Host { get; init; }

    public HeaderEdits? RequestHeaders { get; init; }

    /// <summary>The routes take only a part of the requests that those of another Ingress take.</summary>
    public CanaryCondition? Canary { get; init; }
}

/// <summary>Reads policies from annotations.</summary>
internal sealed class IngressPolicies(IObjects objects, ForwardedHeaders forwarded, TimeProvider time)
{
    private const string CorsMethods = "GET, PUT, POST, DELETE, PATCH, OPTIONS";
    private const string CorsHeaders = "DNT,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,Range,Authorization";

    public IngressPolicy Read(string @namespace, Annotations annotations, bool hasTls)
    {
        var rewrite = annotations.Text("rewrite-target");
        var prefix = annotations.Text("x-forwarded-prefix");
        return new IngressPolicy
        {
            Gates = Gates(@namespace, annotations, hasTls),
            Limits = Limits(annotations),
            Protocol = Protocol(annotations),
            Affinity = annotations.Text("affinity") == "cookie" ? Affinity(annotations) : null,
            Rewrite = rewrite is null ? null : new PatternRewrite(rewrite),
            UsesPatterns = rewrite is not null || annotations.Switch("use-regex") == true,
            Host = annotations.Text("upstream-vhost"),
            RequestHeaders = prefix is null ? null : new HeaderEdits([new("X-Forwarded-Prefix", prefix)], [], []),
            Canary = annotations.Switch("canary") == true ? CanaryCondition.Read(annotations) : null,
        };
    }

    private ImmutableArray<IGate> Gates(string @namespace, Annotations annotations, bool hasTls)
    {
        var gates = ImmutableArray.CreateBuilder<IGate>();
        if (annotations.Switch("force-ssl-redirect") == true || (hasTls && annotations.Switch("ssl-redirect") != false))
        {
            gates.Add(SecureGate.Only);
        }

        if (annotations.Text("app-root") is { } root)
        {
            gates.Add(new RootGate(root));
        }

        AddSources(annotations, gates);
        AddRates(annotations, gates);
        if (annotations.Switch("enable-cors") == true)
        {
            gates.Add(Cors(annotations));
        }

        AddPasswords(@namespace, annotations, gates);
        AddRedirects(annotations, gates);
        return gates.ToImmutable();
    }

    private void AddSources(Annotations annotations, ImmutableArray<IGate>.Builder gates)
    {
        var allowed = Networks(annotations, "whitelist-source-range") ?? Networks(annotations, "allowlist-source-range");
        var denied = Networks(annotations, "denylist-source-range");
        if (allowed is not null || denied is not null)
        {
            gates.Add(new SourceGate(allowed ?? [], denied ?? [], forwarded));
        }
    }

    private void AddRates(Annotations annotations, ImmutableArray<IGate>.Builder gates)
    {
        var factor = annotations.Number("limit-burst-multiplier") ?? 5;
        var exempt = Networks(annotations, "limit-whitelist") ?? [];
        if (annotations.Number("limit-rps") is > 0 and var seconds)
        {
            gates.Add(new RateGate(seconds, (double)seconds * factor, exempt, forwarded, time));
        }

        if (annotations.Number("limit-rpm") is > 0 and var minutes)
        {
            gates.Add(new RateGate(minutes / 60.0, (double)minutes * factor, exempt, forwarded, time));
        }

        if (annotations.Number("limit-connections") is > 0 and var most)
        {
            gates.Add(new ConnectionGate(most, forwarded));
        }
    }

    private static CorsGate Cors(Annotations annotations) => new()
    {
        Origins = annotations.List("cors-allow-origin") is { Count: > 0 } origins ? origins : ["*"],
        Methods = annotations.Text("cors-allow-methods") ?? CorsMethods,
        Headers = annotations.Text("cors-allow-headers") ?? CorsHeaders,
        ExposedHeaders = annotations.Text("cors-expose-headers"),
        Credentials = annotations.Switch("cors-allow-credentials") ?? true,
        MaxAge = annotations.Text("cors-max-age") ?? "1728000",
    };

    private void AddPasswords(string @namespace, Annotations annotations, ImmutableArray<IGate>.Builder gates)
    {
        if (annotations.Text("auth-type") is not { } type)
        {
            return;
        }

        // A secret of another namespace would be read with the ingress' rights instead of its user's.
        var secret = annotations.Text("auth-secret") ?? "";
        var slash = secret.IndexOf('/', StringComparison.Ordinal);
        if (type != "basic" || secret.Length == 0 || (slash >= 0 && secret[..slash] != @namespace))
        {
            gates.Add(annotations.Refuse("auth-secret", secret, ClosedGate.Only));
            return;
        }

        gates.Add(new PasswordGate(objects, @namespace, secret[(slash + 1)..], annotations.Text("auth-secret-type") == "auth-map", annotations.Text("auth-realm") ?? "Authentication Required"));
    }

    private static void AddRedirects(Annotations annotations, ImmutableArray<IGate>.Builder gates)
    {
        if (annotations.Text("permanent-redirect") is { } permanent)
        {
            gates.Add(new RedirectGate(permanent, annotations.Number("permanent-redirect-code") is >= 300 and <= 308 and var code ? code : StatusCodes.Status301MovedPermanently));
        }
        else if (annotations.Text("temporal-redirect") is { } temporal)
        {
            gates.Add(new RedirectGate(temporal, StatusCodes.Status302Found));
        }
    }

    private static ForwardLimits Limits(Annotations annotations)
    {
        var read = annotations.Time("proxy-read-timeout");
        var send = annotations.Time("proxy-send-timeout");
        var standard = ForwardLimits.Default;
        return standard with
        {
            Connect = annotations.Time("proxy-connect-timeout") ?? standard.Connect,

            // One patience for both ways: the longer wish, so that neither is cut earlier than asked.
            Idle = read is null ? send ?? standard.Idle : send is null || read > send ? read.Value : send.Value,
            Body = annotations.Size("proxy-body-size") switch { null => standard.Body, 0 => null, var size => size },
            Tries = annotations.Number("proxy-next-upstream-tries") is > 0 and var tries ? tries : standard.Tries,
        };
    }

    private static BackendProtocol? Protocol(Annotations annotations) => annotations.Text("backend-protocol")?.ToUpperInvariant() switch
    {
        null or "AUTO_HTTP" => null,
        "HTTP" => BackendProtocol.Http,
        "HTTPS" => BackendProtocol.Https,
        "GRPC" or "H2C" => BackendProtocol.Http2,
        "GRPCS" => BackendProtocol.Https2,
        var other => annotations.Refuse<BackendProtocol?>("backend-protocol", other, null),
    };

    private static CookieAffinity Affinity(Annotations annotations) => new()
    {
        Name = annotations.Text("session-cookie-name") ?? "INGRESSCOOKIE",
        Path = annotations.Text("session-cookie-path") ?? "/",
        Domain = annotations.Text("session-cookie-domain"),
        MaxAge = annotations.Time("session-cookie-max-age") ?? annotations.Time("session-cookie-expires"),
        SameSite = annotations.Text("session-cookie-samesite"),
        Secure = annotations.Switch("session-cookie-secure") ?? false,
    };

    private static IPNetwork[]? Networks(Annotations annotations, string name)
    {
        if (annotations.Text(name) is not { } text)
        {
            return null;
        }

        try
        {
            return AddressRange.Parse(text);
        }
        catch (FormatException)
        {
            // A list that cannot be read lets nobody in rather than everybody.
            return annotations.Refuse(name, text, new[] { new IPNetwork(IPAddress.None, 32) });
        }
    }
}
