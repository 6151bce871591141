using System.Text.RegularExpressions;
using Naru.Core.Errors;

namespace Naru.Core.Images;

/// <summary>A name of an image as people write it, taken apart: <c>[registry/]repository[:tag][@digest]</c> (the distribution
/// project's reference grammar). <c>busybox</c> means <c>docker.io/library/busybox</c>.</summary>
public sealed partial record ImageReference
{
    /// <summary>The registry a name without one means.</summary>
    public const string DefaultRegistry = "docker.io";

    /// <summary>Host and port of the registry, <c>docker.io</c> or <c>localhost:5000</c>.</summary>
    public required string Registry { get; init; }

    /// <summary>Path inside the registry, <c>library/busybox</c>.</summary>
    public required string Repository { get; init; }

    /// <summary>The tag; null when none was written.</summary>
    public string? Tag { get; init; }

    /// <summary>The digest; null when none was written.</summary>
    public Digest? Digest { get; init; }

    /// <summary>The repository as people write it: without <c>docker.io/</c> and <c>library/</c>.</summary>
    public string FamiliarRepository =>
        Registry != DefaultRegistry ? $"{Registry}/{Repository}"
        : Repository.StartsWith("library/", StringComparison.Ordinal) && Repository.IndexOf('/', 8) < 0 ? Repository[8..]
        : Repository;

    /// <summary>As people write it, <c>busybox:latest</c>.</summary>
    public string Familiar => FamiliarRepository + Suffix;

    /// <summary>Whole, <c>docker.io/library/busybox:latest</c>.</summary>
    public string Canonical => $"{Registry}/{Repository}{Suffix}";

    private string Suffix => (Tag is null ? "" : ":" + Tag) + (Digest is null ? "" : "@" + Digest.Value.Value);

    /// <summary>The same name with <c>:latest</c> when it has neither tag nor digest.</summary>
    public ImageReference WithDefaultTag() => Tag is null && Digest is null ? this with { Tag = "latest" } : this;

    /// <summary>Reads a name.</summary>
    /// <exception cref="NaruException"><see cref="ErrorKind.InvalidArgument"/>: breaks the grammar; the message is Docker's.</exception>
    public static ImageReference Parse(string text)
    {
        if (TryParse(text, out var reference, out var problem))
        {
            return reference!;
        }

        throw NaruException.Invalid(problem);
    }

    /// <summary>Reads a name without throwing.</summary>
    public static bool TryParse(string text, out ImageReference? reference, out string problem)
    {
        (reference, problem) = (null, "invalid reference format");
        if (text.Length == 0 || text.Length > 4096)
        {
            return false;
        }

        if (text.Length == 64 && Images.Digest.TryParse("sha256:" + text, out _))
        {
            problem = $"invalid repository name ({text}), cannot specify 64-byte hexadecimal strings";
            return false;
        }

        var (name, registry) = SplitRegistry(text);
        if (RepositoryPart(name) is var part && HasUpper(part))
        {
            problem = $"invalid reference format: repository name ({part}) must be lowercase";
            return false;
        }

        var match = Grammar().Match(name);
        if (!match.Success || !RegistryGrammar().IsMatch(registry))
        {
            return false;
        }

        Digest? digest = null;
        if (match.Groups["digest"].Success)
        {
            if (!Images.Digest.TryParse(match.Groups["digest"].Value, out var parsed))
            {
                return false;
            }

            digest = parsed;
        }

        var repository = match.Groups["repository"].Value;
        if (registry == DefaultRegistry && !repository.Contains('/', StringComparison.Ordinal))
        {
            repository = "library/" + repository;
        }

        if (registry.Length + repository.Length + 1 > 255)
        {
            problem = "repository name must not be more than 255 characters";
            return false;
        }

        reference = new ImageReference
        {
            Registry = registry,
            Repository = repository,
            Tag = match.Groups["tag"].Success ? match.Groups["tag"].Value : null,
            Digest = digest,
        };
        return true;
    }

    /// <summary>The familiar form.</summary>
    public override string ToString() => Familiar;

    private static (string Name, string Registry) SplitRegistry(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? "" : text[..slash];
        var isRegistry = first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal)
            || first == "localhost" || HasUpper(first);
        if (!isRegistry)
        {
            return (text, DefaultRegistry);
        }

        return (text[(slash + 1)..], first is "index.docker.io" or "registry-1.docker.io" ? DefaultRegistry : first);
    }

    private static string RepositoryPart(string name)
    {
        var at = name.IndexOf('@', StringComparison.Ordinal);
        var rest = at < 0 ? name : name[..at];
        var colon = rest.LastIndexOf(':');
        return colon < 0 ? rest : rest[..colon];
    }

    private static bool HasUpper(string text) => text.AsSpan().ContainsAnyInRange('A', 'Z');

    [GeneratedRegex(@"\A(?<repository>[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*)(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(?<digest>[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Grammar();

    [GeneratedRegex(@"\A(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex RegistryGrammar();
}
