namespace Naru.Configuration;

/// <summary>Puts the options together: defaults, then the file, then the environment, then flags.</summary>
internal static class ConfigurationLoader
{
    /// <summary>Read when nobody names another file; it may be missing.</summary>
    public const string DefaultFile = "/etc/naru/naru.yaml";

    /// <summary>Variables that <c>naru env</c> prints and that are no options.</summary>
    public static readonly IReadOnlySet<string> OtherVariables = new HashSet<string> { "NARU_CONFIG", "NARU_CONSOLE", "NARU_TOKEN", "NARU_SERVER" };

    /// <summary>The effective options.</summary>
    /// <param name="flags">What the command line says.</param>
    /// <param name="configFile">The file that the command line names; null: <c>NARU_CONFIG</c>, then <see cref="DefaultFile"/>.</param>
    /// <param name="environment">The environment.</param>
    /// <exception cref="ConfigurationException">An option is unknown, repeated or has a wrong value.</exception>
    public static NaruOptions Load(IReadOnlyList<ConfigurationEntry> flags, string? configFile, IReadOnlyDictionary<string, string> environment)
    {
        var file = configFile ?? environment.GetValueOrDefault("NARU_CONFIG");
        var options = new NaruOptions();
        if (file is not null || File.Exists(DefaultFile))
        {
            options = ApplyAll(options, ConfigurationFile.Read(file ?? DefaultFile));
        }

        options = ApplyAll(options, FromEnvironment(environment));
        options = ApplyAll(options, flags);
        ConfigurationRules.Check(options);
        return options;
    }

    /// <summary>Variables that look like options but are none: most likely misspelt.</summary>
    public static IEnumerable<string> UnknownVariables(IReadOnlyDictionary<string, string> environment) =>
        environment.Keys
            .Where(name => name.StartsWith("NARU_", StringComparison.Ordinal) && !OtherVariables.Contains(name))
            .Where(name => Settings.All.All(setting => setting.EnvironmentName != name))
            .Order(StringComparer.Ordinal);

    private static IEnumerable<ConfigurationEntry> FromEnvironment(IReadOnlyDictionary<string, string> environment)
    {
        foreach (var setting in Settings.All)
        {
            if (environment.TryGetValue(setting.EnvironmentName, out var text) && text.Length > 0)
            {
                string[] values = setting.IsList
                    ? text.Split(setting.ListSeparator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                    : [text];
                yield return new ConfigurationEntry(setting.Name, values, setting.EnvironmentName);
            }
        }
    }

    private static NaruOptions ApplyAll(NaruOptions options, IEnumerable<ConfigurationEntry> entries)
    {
        var seen = new HashSet<string>();
        foreach (var entry in entries)
        {
            if (!seen.Add(entry.Name))
            {
                throw new ConfigurationException($"{entry.Origin}: \"{entry.Name}\" is set twice");
            }

            options = Apply(options, entry);
        }

        return options;
    }

    private static NaruOptions Apply(NaruOptions options, ConfigurationEntry entry)
    {
        var setting = Settings.Find(entry.Name)
            ?? throw new ConfigurationException($"{entry.Origin}: unknown option \"{entry.Name}\"{Settings.Suggest(entry.Name)}");
        if (!setting.IsList && entry.Values.Count != 1)
        {
            throw new ConfigurationException($"{entry.Origin}: \"{entry.Name}\" takes one value, {entry.Values.Count} were given");
        }

        try
        {
            return setting.Apply(options, entry.Values);
        }
        catch (FormatException exception)
        {
            var place = entry.Origin == $"--{entry.Name}" ? entry.Origin : $"{entry.Origin}: {entry.Name}";
            throw new ConfigurationException($"{place}: {exception.Message}");
        }
    }
}
