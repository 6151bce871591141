using System.Security.Cryptography.X509Certificates;

namespace Naru.Dialects.Kubernetes.Forwarding;

/// <summary>Where a request is forwarded to, and how its server is believed.</summary>
internal sealed record Upstream
{
    /// <summary><c>http</c> or <c>https</c>.</summary>
    public required string Scheme { get; init; }

    /// <summary>Name or address.</summary>
    public required string Host { get; init; }

    /// <summary>Port.</summary>
    public required int Port { get; init; }

    /// <summary>Name that the server's certificate must be good for; empty: its certificate is not checked.</summary>
    public string ServerName { get; init; } = "";

    /// <summary>PEM of the authorities that may sign the server's certificate; empty: those of the system.</summary>
    public string Authorities { get; init; } = "";

    /// <summary>The certificate that this server shows; null for none.</summary>
    public Func<X509Certificate2?>? Certificate { get; init; }

    /// <summary>A connection that is shorter than the network, or null; asked for each new connection.</summary>
    public Func<CancellationToken, ValueTask<Stream?>>? Connect { get; init; }

    /// <summary>Headers of several values are sent as several lines; each connection is for one request.</summary>
    public bool SplitsHeaders { get; init; }

    /// <summary>Connections to equal keys are shared.</summary>
    public string Key => $"{Scheme}://{Host}:{Port} {ServerName} {Authorities.GetHashCode(StringComparison.Ordinal)} {Certificate is not null} {Connect is not null} {SplitsHeaders}";

    /// <summary>The address of a path below it.</summary>
    public Uri At(string pathAndQuery) =>
        new($"{Scheme}://{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}{(pathAndQuery.StartsWith('/') ? "" : "/")}{pathAndQuery}");
}
