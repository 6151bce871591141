using Naru.Core.Containers;

namespace Naru.Linux.Archives;

/// <summary>How a directory or file becomes an archive.</summary>
public sealed record ArchivingOptions
{
    /// <summary>
    /// Name of the top in the archive, such as "etc" when /etc is copied; names below it are "etc/...". Empty: the top has no entry of its own and
    /// the names below stand alone. "/": all names begin with a slash, as docker's do when it copies a whole root.
    /// </summary>
    public string TopName { get; init; } = "";

    public WhiteoutForm Whiteouts { get; init; }

    /// <summary>Which paths, relative to the top, to take; a directory that is left out takes all below along. Null: all.</summary>
    public Func<string, bool>? Include { get; init; }

    /// <summary>Owner of everything; null: as on disk.</summary>
    public (uint User, uint Group)? Owner { get; init; }

    /// <summary>The files belong to these users: their ids inside are archived. Null: ids as on disk.</summary>
    public UserMapping? Users { get; init; }

    /// <summary>Cut times to seconds, as many readers do anyway; saves a header a file.</summary>
    public bool WholeSeconds { get; init; }

    /// <summary>Which extended attributes to keep; null: security.capability and the "user." ones.</summary>
    public Func<string, bool>? KeepAttribute { get; init; }

    /// <summary>Go into other file systems that are mounted below.</summary>
    public bool CrossMounts { get; init; } = true;
}
