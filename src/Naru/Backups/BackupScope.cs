namespace Naru.Backups;

/// <summary>What of a data directory goes into a backup.</summary>
internal static class BackupScope
{
    /// <summary>Whether a path, relative to the data directory, goes along. A directory that does not takes all below it along.</summary>
    public static bool Contains(string path, bool volumes) => path.Split('/') switch
    {
        // Locks belong to a running process; what is half-made is made again.
        ["naru.lock" or "naru.pid"] or ["builds", "tmp"] or ["images", "staging"] => false,

        // The database is written to all the time: a copy as of one revision goes along in its place.
        ["cluster", var name] => name == Path.GetFileName(ClusterBackup.CopyName),

        // What containers write into a volume is the user's; a cache mount of builds is filled again.
        ["volumes", _, "_data", _, ..] => volumes,
        ["builds", "mounts", _, ..] => false,
        _ => true,
    };
}
