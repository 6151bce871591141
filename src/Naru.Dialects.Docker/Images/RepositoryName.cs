using Naru.Core.Images;
using Naru.Dialects.Docker.Http;

namespace Naru.Dialects.Docker.Images;

/// <summary>A name given as <c>repo</c> and <c>tag</c>.</summary>
internal static class RepositoryName
{
    /// <exception cref="DockerException">400: no repository, or a digest in it.</exception>
    public static ImageReference Parse(string? repository, string? tag) =>
        ParseOptional(repository, tag) ?? throw DockerException.BadRequest("invalid reference format");

    /// <summary>Null when no repository is given.</summary>
    public static ImageReference? ParseOptional(string? repository, string? tag)
    {
        if (string.IsNullOrEmpty(repository))
        {
            return null;
        }
        var name = ImageReference.Parse(repository);
        if (name.Digest is not null)
        {
            throw DockerException.BadRequest("refusing to create a tag with a digest reference");
        }
        return string.IsNullOrEmpty(tag) ? name.WithDefaultTag() : ImageReference.Parse($"{name.Registry}/{name.Repository}:{tag}");
    }

    /// <summary>What a pull or push names: the tag may be a tag or a digest, and overrides one in the name.</summary>
    public static ImageReference Remote(string name, string? tag)
    {
        var reference = ImageReference.Parse(name);
        if (string.IsNullOrEmpty(tag))
        {
            return reference;
        }
        return tag.Contains(':', StringComparison.Ordinal)
            ? ImageReference.Parse($"{reference.Registry}/{reference.Repository}@{tag}")
            : ImageReference.Parse($"{reference.Registry}/{reference.Repository}:{tag}");
    }
}
