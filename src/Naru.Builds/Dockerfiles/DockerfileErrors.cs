using Naru.Core.Errors;

namespace Naru.Builds.Dockerfiles;

/// <summary>Makes the failures of reading a Dockerfile, in docker's words.</summary>
internal static class DockerfileErrors
{
    public static NaruException At(int line, string problem) =>
        NaruException.Invalid(line > 0 ? $"dockerfile parse error on line {line}: {problem}" : $"dockerfile parse error: {problem}");
}
