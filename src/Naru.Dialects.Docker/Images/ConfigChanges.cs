using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Naru.Core.Containers;
using Naru.Core.Images;
using Naru.Dialects.Docker.Http;

namespace Naru.Dialects.Docker.Images;

/// <summary>The few Dockerfile instructions that <c>commit</c> and <c>import</c> take as <c>changes</c>, applied to an image's configuration.</summary>
internal static class ConfigChanges
{
    /// <exception cref="DockerException">400: not one of them, or not well formed.</exception>
    public static ImageConfig Apply(ImageConfig config, IEnumerable<string> changes)
    {
        foreach (var line in changes.SelectMany(change => change.Split('\n')).Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#'))
        {
            var space = line.IndexOfAny([' ', '\t']);
            var word = (space < 0 ? line : line[..space]).ToUpperInvariant();
            config = One(config, word, space < 0 ? "" : line[space..].Trim(), line);
        }
        return config;
    }

    private static ImageConfig One(ImageConfig config, string word, string rest, string line)
    {
        if (rest.Length == 0)
        {
            throw DockerException.BadRequest($"{word} requires at least one argument: {line}");
        }
        return word switch
        {
            "CMD" => config with { Command = CommandLine(rest, config.Shell) },
            "ENTRYPOINT" => config with { Entrypoint = CommandLine(rest, config.Shell), Command = null },
            "ENV" => config with { Environment = ImageDefaults.MergeEnvironment(config.Environment, [.. Pairs(rest, line).Select(pair => $"{pair.Key}={pair.Value}")]) },
            "EXPOSE" => config with { ExposedPorts = [.. config.ExposedPorts.Union(Words(rest).SelectMany(Containers.WireMaps.Ports).Select(port => port.ToString()))] },
            "LABEL" => config with { Labels = (config.Labels ?? ImmutableSortedDictionary<string, string>.Empty).SetItems(Pairs(rest, line)) },
            "ONBUILD" => config with { OnBuild = config.OnBuild.Add(CheckTrigger(rest)) },
            "USER" => config with { User = rest },
            "VOLUME" => config with { Volumes = [.. config.Volumes.Union(rest[0] == '[' ? Array(rest) : [.. Words(rest)])] },
            "WORKDIR" => config with { WorkingDirectory = rest[0] == '/' ? rest : $"{config.WorkingDirectory.TrimEnd('/')}/{rest}" },
            "STOPSIGNAL" => config with { StopSignal = rest },
            "HEALTHCHECK" => config with { HealthCheck = HealthCheck(rest) },
            "SHELL" => config with { Shell = [.. Array(rest)] },
            _ => throw DockerException.BadRequest($"{word.ToLowerInvariant()} is not a valid change command"),
        };
    }

    private static string CheckTrigger(string trigger) => trigger.Split(' ')[0].ToUpperInvariant() is "ONBUILD" or "FROM" or "MAINTAINER"
        ? throw DockerException.BadRequest($"{trigger.Split(' ')[0].ToUpperInvariant()} isn't allowed as an ONBUILD trigger")
        : trigger;

    private static ImmutableArray<string> CommandLine(string rest, ImmutableArray<string>? shell)
    {
        if (rest[0] == '[' && TryArray(rest, out var words))
        {
            return [.. words];
        }
        return [.. shell ?? ["/bin/sh", "-c"], rest];
    }

    private static HealthCheckSpec HealthCheck(string rest)
    {
        var spec = new HealthCheckSpec();
        while (rest.StartsWith("--", StringComparison.Ordinal))
        {
            var end = rest.IndexOf(' ');
            var option = end < 0 ? rest : rest[..end];
            rest = end < 0 ? "" : rest[end..].TrimStart();
            spec = Option(spec, option);
        }
        if (rest.Equals("NONE", StringComparison.OrdinalIgnoreCase))
        {
            return spec with { Test = ["NONE"] };
        }
        if (!rest.StartsWith("CMD ", StringComparison.OrdinalIgnoreCase))
        {
            throw DockerException.BadRequest($"Unknown type \"{rest.Split(' ')[0]}\" in HEALTHCHECK (try CMD)");
        }
        var command = rest[4..].Trim();
        return spec with { Test = command.StartsWith('[') && TryArray(command, out var words) ? ["CMD", .. words] : ["CMD-SHELL", command] };
    }

    private static HealthCheckSpec Option(HealthCheckSpec spec, string option)
    {
        var equals = option.IndexOf('=');
        var (name, value) = equals < 0 ? (option, "") : (option[..equals], option[(equals + 1)..]);
        if (name == "--retries" && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var retries))
        {
            return spec with { Retries = retries };
        }
        if (!GoTime.TryParseDuration(value, out var span) || span < TimeSpan.FromMilliseconds(1))
        {
            throw DockerException.BadRequest($"invalid HEALTHCHECK option {option}");
        }
        return name switch
        {
            "--interval" => spec with { Interval = span },
            "--timeout" => spec with { Timeout = span },
            "--start-period" => spec with { StartPeriod = span },
            "--start-interval" => spec with { StartInterval = span },
            _ => throw DockerException.BadRequest($"Unknown flag: {name.TrimStart('-')}"),
        };
    }

    /// <summary><c>a=b "c d"=e</c>, or the old form <c>a b c</c> that means a = "b c".</summary>
    private static IEnumerable<KeyValuePair<string, string>> Pairs(string rest, string line)
    {
        var words = Words(rest).ToArray();
        if (!words[0].Contains('=', StringComparison.Ordinal))
        {
            var space = rest.IndexOfAny([' ', '\t']);
            return space < 0
                ? throw DockerException.BadRequest($"Syntax error - can't find = in \"{rest}\". Must be of the form: name=value: {line}")
                : [new(rest[..space], rest[space..].Trim())];
        }
        return words.Select(word => word.IndexOf('=') is > 0 and var equals
            ? new KeyValuePair<string, string>(word[..equals], word[(equals + 1)..])
            : throw DockerException.BadRequest($"Syntax error - can't find = in \"{word}\". Must be of the form: name=value"));
    }

    /// <summary>Splits at blanks; quotes hold together and go, a backslash takes the next letter as it is.</summary>
    private static IEnumerable<string> Words(string text)
    {
        var word = new StringBuilder();
        var (quote, started) = ('\0', false);
        for (var index = 0; index < text.Length; index++)
        {
            var letter = text[index];
            if (letter == '\\' && quote != '\'' && index + 1 < text.Length)
            {
                word.Append(text[++index]);
                started = true;
            }
            else if (quote != '\0' ? letter == quote : letter is '"' or '\'')
            {
                quote = quote == '\0' ? letter : '\0';
                started = true;
            }
            else if (quote == '\0' && char.IsWhiteSpace(letter))
            {
                if (started)
                {
                    yield return word.ToString();
                }
                word.Clear();
                started = false;
            }
            else
            {
                word.Append(letter);
                started = true;
            }
        }
        if (started)
        {
            yield return word.ToString();
        }
    }

    private static string[] Array(string text) =>
        TryArray(text, out var words) ? words : throw DockerException.BadRequest($"not a JSON array of strings: {text}");

    private static bool TryArray(string text, out string[] words)
    {
        words = [];
        try
        {
            words = JsonSerializer.Deserialize(text, DockerJson.Reading.TypeOf<string[]>()) ?? [];
            return words.Length > 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
