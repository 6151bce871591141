using System.Collections.Immutable;
using Naru.Core.Images;

namespace Naru.Builds.Stages;

/// <summary>Where a stage stands after a step: what an image made now would be.</summary>
internal sealed record StageState
{
    public required Platform Platform { get; init; }

    public LayerChain Layers { get; init; } = LayerChain.Empty;

    public ImageConfig Config { get; init; } = new();

    public ImmutableArray<HistoryEntry> History { get; init; } = [];

    public string Author { get; init; } = "";

    /// <summary>Newest time of what it is made of; null: nothing of it says.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>The image that stands for this state (classic), or that it began with.</summary>
    public Digest? Image { get; init; }

    /// <summary>ARGs that are declared, in order; a value that is null: declared without one.</summary>
    public ImmutableArray<(string Name, string? Value)> Arguments { get; init; } = [];

    /// <summary>ONBUILD triggers of the base, still to be carried out.</summary>
    public ImmutableArray<string> Triggers { get; init; } = [];

    /// <summary>CMD was set in this stage, so that ENTRYPOINT leaves it.</summary>
    public bool CommandSet { get; init; }

    /// <summary>Step that made it.</summary>
    public Digest? Step { get; init; }

    /// <summary>The shell of the shell forms.</summary>
    public ImmutableArray<string> Shell => Config.Shell is { Length: > 0 } shell ? shell : ["/bin/sh", "-c"];

    /// <summary>A variable as instructions see it: ENV goes before ARG.</summary>
    public string? Lookup(string name)
    {
        foreach (var entry in Config.Environment)
        {
            if (entry.Length > name.Length && entry[name.Length] == '=' && entry.StartsWith(name, StringComparison.Ordinal))
            {
                return entry[(name.Length + 1)..];
            }
        }

        for (var i = Arguments.Length - 1; i >= 0; i--)
        {
            if (Arguments[i].Name == name)
            {
                return Arguments[i].Value;
            }
        }

        return null;
    }

    public StageState Declare(string name, string? value) =>
        this with { Arguments = Arguments.RemoveAll(a => a.Name == name).Add((name, value)) };

    public StageState SetEnvironment(string name, string value)
    {
        var prefix = name + "=";
        var index = -1;
        for (var i = 0; i < Config.Environment.Length; i++)
        {
            if (Config.Environment[i].StartsWith(prefix, StringComparison.Ordinal))
            {
                index = i;
            }
        }

        var entry = prefix + value;
        return this with { Config = Config with { Environment = index < 0 ? Config.Environment.Add(entry) : Config.Environment.SetItem(index, entry) } };
    }
}
