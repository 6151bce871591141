using System.Reflection;
using System.Runtime.InteropServices;

namespace Naru;

/// <summary>What this executable was built from.</summary>
internal static class BuildFacts
{
    private static readonly string[] Informational =
        (typeof(BuildFacts).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0").Split('+');

    public static string Version => Informational[0];

    /// <summary>Twelve digits of the commit, or <c>unknown</c>.</summary>
    public static string Commit => Informational.Length > 1 ? Informational[1][..Math.Min(12, Informational[1].Length)] : "unknown";

    /// <summary>When the commit was made (builds are reproducible, so there is no clock in them); empty: unknown.</summary>
    public static string Time => typeof(BuildFacts).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == "CommitTime")?.Value ?? "";

    /// <summary>As docker writes it: <c>linux/amd64</c>.</summary>
    public static string Platform => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? "linux/amd64" : "linux/" + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
}
