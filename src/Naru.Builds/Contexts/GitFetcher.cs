using System.Collections.Immutable;
using Naru.Core.Builds;
using Naru.Core.Errors;
using Naru.Linux.Files;
using Naru.Linux.Processes;

namespace Naru.Builds.Contexts;

/// <summary>Clones git repositories with the host's git: one commit deep, submodules too, no prompts, no local files.</summary>
internal sealed class GitFetcher(ProcessRunner processes)
{
    private static readonly ImmutableDictionary<string, string> Quiet = ImmutableDictionary<string, string>.Empty
        .Add("GIT_TERMINAL_PROMPT", "0")
        .Add("GIT_SSH_COMMAND", "ssh -o BatchMode=yes")
        .Add("GIT_CONFIG_NOSYSTEM", "1")
        .Add("GIT_ALLOW_PROTOCOL", "http:https:git:ssh")
        .Add("HOME", "/dev/null");

    public async Task CloneAsync(GitAddress address, string directory, bool keepGitDirectory, CancellationToken cancellationToken)
    {
        await GitAsync(directory, cancellationToken, "init", "-q", ".");
        await GitAsync(directory, cancellationToken, "remote", "add", "origin", address.Remote);
        var reference = address.Reference.Length == 0 ? "HEAD" : address.Reference;
        if (!await TryGitAsync(directory, cancellationToken, "fetch", "-q", "--depth", "1", "origin", reference))
        {
            // Servers that do not hand out single commits: everything, then the one that is meant.
            await GitAsync(directory, cancellationToken, "fetch", "-q", "--tags", "origin", "+refs/heads/*:refs/remotes/origin/*");
            await GitAsync(directory, cancellationToken, "checkout", "-q", reference);
        }
        else
        {
            await GitAsync(directory, cancellationToken, "checkout", "-q", "FETCH_HEAD");
        }

        await GitAsync(directory, cancellationToken, "submodule", "update", "-q", "--init", "--recursive", "--depth", "1");
        if (!keepGitDirectory)
        {
            using var root = RootedDirectory.Open(directory);
            root.RemoveTree(".git");
        }
    }

    private async Task GitAsync(string directory, CancellationToken cancellationToken, params string[] arguments)
    {
        var result = await RunAsync(directory, arguments, cancellationToken);
        if (!result.Exit.Succeeded)
        {
            throw new BuildException($"git {arguments[0]} failed: {result.Error.Trim()}");
        }
    }

    private async Task<bool> TryGitAsync(string directory, CancellationToken cancellationToken, params string[] arguments) =>
        (await RunAsync(directory, arguments, cancellationToken)).Exit.Succeeded;

    private async Task<ProcessResult> RunAsync(string directory, string[] arguments, CancellationToken cancellationToken)
    {
        try
        {
            return await processes.RunAsync(
                new ProcessCommand { Program = "git", Arguments = [.. arguments], WorkingDirectory = directory, Environment = Quiet }, cancellationToken);
        }
        catch (LinuxException problem) when (problem.Errno == Errno.NotFound)
        {
            throw new NaruException(ErrorKind.NotImplemented, "git contexts need the program git on this host", problem);
        }
    }
}
