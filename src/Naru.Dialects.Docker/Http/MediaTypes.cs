namespace Naru.Dialects.Docker.Http;

internal static class MediaTypes
{
    public const string Raw = "application/vnd.docker.raw-stream";
    public const string Multiplexed = "application/vnd.docker.multiplexed-stream";

    /// <summary>What carries a container's output: frames got a name of their own in 1.42.</summary>
    public static string ForOutput(bool terminal, ApiVersion version) => terminal || version.Below(42) ? Raw : Multiplexed;
}
