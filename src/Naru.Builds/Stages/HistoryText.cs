using System.Collections.Immutable;
using Naru.Builds.Dockerfiles;
using Naru.Core.Containers;

namespace Naru.Builds.Stages;

/// <summary>The words that docker's two builders put into an image's history.</summary>
internal static class HistoryText
{
    public const string BuildKitComment = "buildkit.dockerfile.v0";

    /// <summary>Of an instruction that runs nothing.</summary>
    public static string Of(bool classic, ImmutableArray<string> shell, string text) =>
        classic ? $"{string.Join(' ', shell)} #(nop)  {text}" : text;

    /// <summary>Of COPY and ADD.</summary>
    public static string Copy(bool classic, ImmutableArray<string> shell, CopyInstruction copy, IEnumerable<string> sources, string target, string digest) =>
        classic
            ? $"{string.Join(' ', shell)} #(nop) {(copy.Add ? "ADD" : "COPY")} {digest} in {target} "
            : $"{(copy.Add ? "ADD" : "COPY")} {Flags(copy)}{string.Join(' ', sources)} {target} # buildkit";

    /// <summary>Of RUN.</summary>
    public static string Run(bool classic, IReadOnlyCollection<string> arguments, IEnumerable<string> command)
    {
        var words = arguments.Count > 0 ? [$"|{arguments.Count}", .. arguments, .. command] : command;
        var line = string.Join(' ', words);
        return classic ? line : $"RUN {line} # buildkit";
    }

    public static string HealthCheck(bool classic, HealthCheckSpec check)
    {
        var words = JsonWords.Show(check.Test);
        if (!classic)
        {
            return $"HEALTHCHECK &{{{words} \"{GoDuration.Show(check.Interval)}\" \"{GoDuration.Show(check.Timeout)}\" \"{GoDuration.Show(check.StartPeriod)}\" \"{GoDuration.Show(check.StartInterval)}\" '\\x{check.Retries ?? 0:x2}'}}";
        }

        if (check.IsDisabled)
        {
            return "HEALTHCHECK NONE";
        }

        return $"HEALTHCHECK &{{{words} \"{GoDuration.Show(check.Interval)}\" \"{GoDuration.Show(check.Timeout)}\" \"{GoDuration.Show(check.StartPeriod)}\" '\\x{check.Retries ?? 0:x2}'}}";
    }

    private static string Flags(CopyInstruction copy) => string.Concat(
        copy.Owner.Length > 0 ? $"--chown={copy.Owner} " : "",
        copy.Mode.Length > 0 ? $"--chmod={copy.Mode} " : "");
}
