using System.Globalization;
using Naru.Builds.Dockerfiles;
using Naru.Core.Builds;
using Naru.Core.Errors;

namespace Naru.Builds.Stages;

/// <summary>Which stages a target needs, and what they stand on.</summary>
internal static class StagePlan
{
    /// <summary>The stage to stop at.</summary>
    /// <exception cref="NaruException"><see cref="ErrorKind.InvalidArgument"/>: no such stage.</exception>
    public static Stage TargetOf(Dockerfile file, BuildRequest request)
    {
        if (request.Target.Length == 0)
        {
            return file.Stages[^1];
        }

        return Find(file.Stages, request.Target, file.Stages.Length)
            ?? throw NaruException.Invalid(request.Classic
                ? $"failed to reach build target {request.Target} in Dockerfile"
                : $"target stage \"{request.Target}\" could not be found");
    }

    /// <summary>Stages in order: for the classic builder all up to the target, else those that the target needs.</summary>
    public static List<Stage> Needed(Dockerfile file, Stage target, BuildRequest request, Func<string, string?> global)
    {
        if (request.Classic)
        {
            return [.. file.Stages.Where(s => s.Index <= target.Index)];
        }

        var needed = new SortedSet<int>();
        Visit(file, target, request, global, needed);
        return [.. needed.Select(i => file.Stages[i])];
    }

    /// <summary>The stage that a name or number means among those before an index.</summary>
    public static Stage? Find(IReadOnlyList<Stage> stages, string name, int before)
    {
        for (var i = Math.Min(before, stages.Count) - 1; i >= 0; i--)
        {
            if (stages[i].From.Name.Length > 0 && stages[i].From.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return stages[i];
            }
        }

        return int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < before && index < stages.Count ? stages[index] : null;
    }

    private static void Visit(Dockerfile file, Stage stage, BuildRequest request, Func<string, string?> global, SortedSet<int> needed)
    {
        if (!needed.Add(stage.Index))
        {
            return;
        }

        var names = stage.Instructions.SelectMany(i => i switch
        {
            CopyInstruction { From.Length: > 0 } copy => [copy.From],
            RunInstruction run => run.Mounts.Select(FromOf).OfType<string>(),
            _ => Enumerable.Empty<string>(),
        });
        foreach (var name in names.Prepend(Expansion.Word(stage.From.Base, file.Escape, global)))
        {
            if (!request.NamedContexts.ContainsKey(name) && Find(file.Stages, name, stage.Index) is { } below)
            {
                Visit(file, below, request, global, needed);
            }
        }
    }

    private static string? FromOf(string mount) =>
        mount.Split(',').Where(f => f.StartsWith("from=", StringComparison.OrdinalIgnoreCase)).Select(f => f[5..]).FirstOrDefault();
}
