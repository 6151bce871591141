namespace Naru.Core.Lifetime;

/// <summary>Where this instance keeps things. Two instances differ in all three.</summary>
/// <param name="Data">What survives a reboot; 0700.</param>
/// <param name="Run">Sockets, locks, live state; gone after a reboot.</param>
/// <param name="InstanceId">Eight lower-case hexadecimal digits, stable per data directory: marks control groups, links, rules.</param>
public sealed record EngineDirectories(string Data, string Run, string InstanceId)
{
    /// <summary>A directory below <see cref="Data"/>, not made.</summary>
    public string DataPath(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Data, .. parts]);

    /// <summary>A directory below <see cref="Run"/>, not made.</summary>
    public string RunPath(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Run, .. parts]);
}
