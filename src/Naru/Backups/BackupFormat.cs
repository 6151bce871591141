namespace Naru.Backups;

/// <summary>
/// A backup is a gzip-compressed tar: <see cref="HeaderName"/> first, then the data directory's files below <see cref="TreePrefix"/>, and last
/// <see cref="SumsName"/> with a SHA-256 line for every regular file in the archive, in sha256sum's form.
/// </summary>
internal static class BackupFormat
{
    public const int Version = 1;
    public const string HeaderName = "naru-backup.json";
    public const string SumsName = "SHA256SUMS";
    public const string TreePrefix = "data/";

    /// <summary>Contents of the largest file that may stand at <see cref="HeaderName"/> or <see cref="SumsName"/>, bytes.</summary>
    public const int LargestText = 256 << 20;
}
