using System.Net;

namespace Naru.Ingress.Backends;

/// <summary>Where a pod listens. Lives as long as the address is in a slice; requests that are under way keep it longer.</summary>
internal sealed class Endpoint(IPAddress address, int port)
{
    private static readonly TimeSpan Suspicion = TimeSpan.FromSeconds(2);

    private int _running;
    private long _suspectUntil;

    public IPEndPoint Address { get; } = new(address, port);

    /// <summary>The address as URLs have it.</summary>
    public string Authority { get; } = new IPEndPoint(address, port).ToString();

    /// <summary>A name for cookies: says nothing about the address.</summary>
    public string Mark { get; } = MarkOf(new IPEndPoint(address, port).ToString());

    /// <summary>Requests under way.</summary>
    public int Running => Volatile.Read(ref _running);

    public void Enter() => Interlocked.Increment(ref _running);

    public void Leave() => Interlocked.Decrement(ref _running);

    /// <summary>A connection could not be made: others are asked first for a while.</summary>
    public void Suspect(TimeProvider time) => Volatile.Write(ref _suspectUntil, time.GetTimestamp() + (long)(Suspicion.TotalSeconds * time.TimestampFrequency));

    public bool IsSuspect(TimeProvider time) => Volatile.Read(ref _suspectUntil) is not 0 and var until && until > time.GetTimestamp();

    private static string MarkOf(string text) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)).AsSpan(0, 12));
}
