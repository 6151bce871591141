using System.CommandLine;
using Naru.Configuration;
using Naru.Output;

namespace Naru.Commands;

/// <summary>Options that several commands share.</summary>
internal static class CommonOptions
{
    private const string ConfigName = "--config";

    /// <summary>Adds <c>--config</c> and a flag for each named setting; all settings when none is named.</summary>
    public static void AddSettings(this Command command, params ReadOnlySpan<string> names)
    {
        command.Add(new Option<string>(ConfigName) { Description = $"configuration file (default {ConfigurationLoader.DefaultFile})", HelpName = "FILE" });
        foreach (var setting in Settings.All)
        {
            if (names.IsEmpty || names.Contains(setting.Name))
            {
                command.Add(Flag(setting));
            }
        }
    }

    /// <summary>The effective options of this command line.</summary>
    public static NaruOptions LoadSettings(this ParseResult parsed)
    {
        var flags = new List<ConfigurationEntry>();
        foreach (var option in parsed.CommandResult.Command.Options.OfType<Option<string[]>>())
        {
            var name = option.Name[2..];
            if (Settings.Find(name) is { } setting && parsed.GetResult(option) is { Implicit: false } result)
            {
                var values = parsed.GetValue(option) ?? [];
                flags.Add(new ConfigurationEntry(name, setting.ValueName is null && values.Length == 0 ? ["true"] : values, option.Name));
            }
        }

        return ConfigurationLoader.Load(flags, parsed.GetValue<string?>(ConfigName), EnvironmentVariables.Read());
    }

    /// <summary>Adds <c>-o</c>.</summary>
    public static void AddOutput(this Command command)
    {
        var option = new Option<string>("--output", "-o") { Description = "text, json or yaml", HelpName = "FORMAT", DefaultValueFactory = _ => "text" };
        option.AcceptOnlyFromAmong("text", "json", "yaml");
        command.Add(option);
    }

    /// <summary>The format chosen by <c>-o</c>.</summary>
    public static OutputFormat Output(this ParseResult parsed) => parsed.GetValue<string>("--output") switch
    {
        "json" => OutputFormat.Json,
        "yaml" => OutputFormat.Yaml,
        _ => OutputFormat.Text,
    };

    private static Option<string[]> Flag(Setting setting)
    {
        var option = new Option<string[]>("--" + setting.Name)
        {
            Description = setting.Description,
            HelpName = setting.ValueName ?? "true|false",
            CustomParser = result => [.. result.Tokens.Select(token => token.Value)],
            Arity = setting.ValueName is null ? ArgumentArity.ZeroOrOne : new ArgumentArity(1, setting.IsList ? 1000 : 1),
            AllowMultipleArgumentsPerToken = false,
        };
        if (setting.Choices.Count > 0)
        {
            option.CompletionSources.Add([.. setting.Choices]);
        }

        return option;
    }
}
