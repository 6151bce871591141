namespace Naru.Testing.Running;

/// <summary>Where <c>tests/clients/install</c> puts the clients and servers that a machine lacks.</summary>
public static class ClientsFolder
{
    public static string Path { get; } = System.Environment.GetEnvironmentVariable("NARU_CLIENTS") is { Length: > 0 } named ? named : "/opt/naru-clients";
}
