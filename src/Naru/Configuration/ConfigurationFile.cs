using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Naru.Configuration;

/// <summary>Reads the configuration file: one YAML mapping from option names to a value or a list of values.
/// Works on the parser's events, so nothing is bound by reflection and every complaint has its line.</summary>
internal static class ConfigurationFile
{
    private const int MaxLength = 1 << 20;

    /// <summary>The entries of the file in their order.</summary>
    /// <exception cref="ConfigurationException">The file cannot be read or is not such a mapping.</exception>
    public static IReadOnlyList<ConfigurationEntry> Read(string path)
    {
        try
        {
            using var reader = new StreamReader(path);
            if (reader.BaseStream.Length > MaxLength)
            {
                throw new ConfigurationException($"{path}: larger than 1 MiB");
            }

            return Parse(reader, path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ConfigurationException($"{path}: there is no such file");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{path}: {exception.Message}");
        }
    }

    internal static IReadOnlyList<ConfigurationEntry> Parse(TextReader reader, string path)
    {
        var parser = new Parser(reader);
        var entries = new List<ConfigurationEntry>();
        try
        {
            parser.Consume<StreamStart>();
            if (parser.TryConsume<StreamEnd>(out _))
            {
                return entries;
            }

            parser.Consume<DocumentStart>();
            if (parser.TryConsume<Scalar>(out var only) && only.Value.Length == 0)
            {
                return entries;
            }

            if (!parser.TryConsume<MappingStart>(out _))
            {
                throw Complain(path, only ?? parser.Current!, "must be a list of \"option: value\" lines");
            }

            while (!parser.TryConsume<MappingEnd>(out _))
            {
                entries.Add(ReadEntry(parser, path));
            }

            parser.Consume<DocumentEnd>();
            if (!parser.TryConsume<StreamEnd>(out _))
            {
                throw Complain(path, parser.Current!, "must be a single YAML document");
            }
        }
        catch (YamlException exception)
        {
            throw new ConfigurationException($"{path}:{exception.Start.Line}: {exception.Message}");
        }

        return entries;
    }

    private static ConfigurationEntry ReadEntry(Parser parser, string path)
    {
        if (!parser.TryConsume<Scalar>(out var key))
        {
            throw Complain(path, parser.Current!, "an option's name must be plain text");
        }

        var values = new List<string>();
        if (parser.TryConsume<SequenceStart>(out _))
        {
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                values.Add(ReadValue(parser, path, key.Value));
            }
        }
        else
        {
            values.Add(ReadValue(parser, path, key.Value));
        }

        return new ConfigurationEntry(key.Value, values, $"{path}:{key.Start.Line}");
    }

    private static string ReadValue(Parser parser, string path, string key) =>
        parser.TryConsume<Scalar>(out var scalar)
            ? scalar.Value
            : throw Complain(path, parser.Current!, $"\"{key}\" must be a value or a list of values");

    private static ConfigurationException Complain(string path, ParsingEvent at, string rule) =>
        new($"{path}:{at.Start.Line}: {rule}");
}
