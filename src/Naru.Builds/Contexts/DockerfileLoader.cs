using Naru.Builds.Dockerfiles;
using Naru.Builds.Patterns;
using Naru.Builds.Stages;
using Naru.Core.Builds;
using Naru.Core.Errors;
using Naru.Linux.Files;

namespace Naru.Builds.Contexts;

/// <summary>A Dockerfile that was read, and the context as its .dockerignore leaves it.</summary>
internal sealed record LoadedDockerfile(Dockerfile File, ContextAccess Context);

/// <summary>Finds the Dockerfile and .dockerignore, and works out which files of the context are wanted.</summary>
internal static class DockerfileLoader
{
    private const int TextLimit = 16 * 1024 * 1024;

    public static async Task<LoadedDockerfile> LoadAsync(BuildRequest request, IBuildProgress progress, CancellationToken cancellationToken)
    {
        var text = await TextAsync(request, progress, cancellationToken);
        var file = DockerfileParser.Parse(text);
        var ignored = await IgnoredAsync(request, cancellationToken);
        var query = new ContextQuery { Exclude = ignored.Lines, Follow = [.. Wanted(file)] };
        return new LoadedDockerfile(file, new ContextAccess(
            request.Context, query, ignored,
            request.Classic ? null : (fetch, token) => TellAsync(progress, "[internal] load build context", () => fetch(token))));
    }

    private static async Task<string> TextAsync(BuildRequest request, IBuildProgress progress, CancellationToken cancellationToken)
    {
        if (request.DockerfileText is { } given)
        {
            return given;
        }

        if (request.Context is DirectoryContext { Dockerfile: { } fetched })
        {
            return fetched;
        }

        var name = PathText.Below(request.Dockerfile.Length == 0 ? "Dockerfile" : request.Dockerfile);
        if (PathText.Clean(request.Dockerfile).StartsWith("..", StringComparison.Ordinal))
        {
            throw NaruException.Invalid($"forbidden path outside the build context: {request.Dockerfile} ()");
        }

        return request.Classic
            ? await ReadAsync(request, name, cancellationToken)
            : await TellAsync(progress, $"[internal] load build definition from {request.Dockerfile}", () => ReadAsync(request, name, cancellationToken));
    }

    private static async Task<string> ReadAsync(BuildRequest request, string name, CancellationToken cancellationToken)
    {
        var context = request.DockerfileContext ?? request.Context;
        var path = await context.MaterialiseAsync(Beside(name), cancellationToken);
        using var root = RootedDirectory.Open(path);
        var text = ContextAccess.ReadText(root, name, TextLimit);
        if (text is null && name == "Dockerfile")
        {
            text = ContextAccess.ReadText(root, "dockerfile", TextLimit);
        }

        return text switch
        {
            null => throw NaruException.Invalid(request.Classic
                ? $"Cannot locate specified Dockerfile: {name}"
                : $"failed to read dockerfile: open {name}: no such file or directory"),
            "" => throw NaruException.Invalid(request.Classic ? $"the Dockerfile ({name}) cannot be empty" : "file with no instructions"),
            _ => text,
        };
    }

    private static async Task<IgnoreList> IgnoredAsync(BuildRequest request, CancellationToken cancellationToken)
    {
        if (request.Classic)
        {
            return await IgnoredByClassicAsync(request, cancellationToken);
        }

        var dockerfile = PathText.Below(request.Dockerfile);
        var name = dockerfile + ".dockerignore";
        if (request.DockerfileText is null && request.DockerfileContext is { } beside)
        {
            using var root = RootedDirectory.Open(await beside.MaterialiseAsync(Beside(dockerfile), cancellationToken));
            if (ContextAccess.ReadText(root, name, TextLimit) is { } own)
            {
                return IgnoreList.Read(own);
            }
        }

        using var context = RootedDirectory.Open(await request.Context.MaterialiseAsync(new ContextQuery { Follow = [".dockerignore", name] }, cancellationToken));
        var text = ContextAccess.ReadText(context, name, TextLimit) ?? ContextAccess.ReadText(context, ".dockerignore", TextLimit);
        return text is null ? IgnoreList.Empty : IgnoreList.Read(text);
    }

    /// <summary>
    /// The classic client applies .dockerignore itself, but sends that file and the Dockerfile even when they are ignored, as the engine
    /// needs them: no step sees those.
    /// </summary>
    private static async Task<IgnoreList> IgnoredByClassicAsync(BuildRequest request, CancellationToken cancellationToken)
    {
        const string own = ".dockerignore";
        using var context = RootedDirectory.Open(await request.Context.MaterialiseAsync(new ContextQuery { Follow = [own] }, cancellationToken));
        if (ContextAccess.ReadText(context, own, TextLimit) is not { } text)
        {
            return IgnoreList.Empty;
        }

        var ignored = IgnoreList.Read(text);
        return IgnoreList.Of([.. new[] { own, PathText.Below(request.Dockerfile.Length == 0 ? "Dockerfile" : request.Dockerfile) }.Where(ignored.Excludes)]);
    }

    /// <summary>The Dockerfile and its own ignore file.</summary>
    private static ContextQuery Beside(string dockerfile) => new() { Follow = [dockerfile, dockerfile + ".dockerignore", dockerfile.ToLowerInvariant()] };

    /// <summary>What COPY, ADD and bind mounts name; empty: everything, as a name holds a variable or a RUN mounts the whole.</summary>
    private static HashSet<string> Wanted(Dockerfile file)
    {
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        foreach (var instruction in file.Stages.SelectMany(s => s.Instructions))
        {
            var sources = instruction switch
            {
                CopyInstruction { From.Length: 0 } copy => copy.Sources.Where(s => !RemoteFetcher.IsRemote(s) && HeredocReader.Parse(s) is null),
                RunInstruction { Mounts: [_, ..] mounts } => mounts.Where(IsContextMount).Select(m => "."),
                OnBuildInstruction => [],
                _ => Enumerable.Empty<string>(),
            };
            foreach (var source in sources)
            {
                var path = PathText.Below(source);
                if (path.Length == 0 || source.AsSpan().ContainsAny("$\\'\""))
                {
                    return [];
                }

                wanted.Add(path);
            }
        }

        // A base image's triggers are not known yet: they may want anything.
        return file.Stages.Any(s => s.From.Base != "scratch") && wanted.Count == 0 ? [] : wanted;
    }

    private static bool IsContextMount(string mount) =>
        !mount.Contains("from=", StringComparison.OrdinalIgnoreCase) && (!mount.Contains("type=", StringComparison.OrdinalIgnoreCase) || mount.Contains("type=bind", StringComparison.OrdinalIgnoreCase));

    private static async Task<T> TellAsync<T>(IBuildProgress progress, string name, Func<Task<T>> body)
    {
        var step = StepBook.Internal(name);
        progress.Started(step);
        try
        {
            var result = await body();
            progress.Completed(step, new BuildStepOutcome());
            return result;
        }
        catch (Exception failure)
        {
            progress.Completed(step, new BuildStepOutcome { Error = failure.Message });
            throw;
        }
    }
}
