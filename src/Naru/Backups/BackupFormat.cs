namespace Naru.Backups;

/// <summary>
/// A backup is gzip over a tar and, behind the tar's end, the SHA-256 of the tar in hexadecimal digits and a line end. The tar begins with
/// <see cref="HeaderName"/> and holds the data directory below <see cref="TreeName"/>; tar(1) lists it and does not mind the sum.
/// </summary>
internal static class BackupFormat
{
    public const int Version = 1;
    public const string HeaderName = "naru-backup.json";
    public const string TreeName = "data";

    /// <summary>Length of the sum with its line end, bytes.</summary>
    public const int SumLength = 65;
}
