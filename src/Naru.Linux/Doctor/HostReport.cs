namespace Naru.Linux.Doctor;

/// <summary>A check with what it saw.</summary>
/// <param name="Check">The check.</param>
/// <param name="Finding">What is there now.</param>
/// <param name="Mended">Whether it was put right just now.</param>
public sealed record HostReport(HostCheck Check, HostFinding Finding, bool Mended);
