using System.CommandLine;
using System.Text.Json.Nodes;
using Naru.Configuration;
using Naru.Output;

namespace Naru.Commands;

/// <summary><c>naru config</c>: the effective options, in the form of the file.</summary>
internal static class ConfigCommand
{
    public static Command Create()
    {
        var command = new Command("config", "Check the configuration and print what is in force");
        command.AddSettings();
        command.AddOutput();
        command.SetAction(parsed =>
        {
            var document = Describe(parsed.LoadSettings());
            Document.Print(parsed.Output() == OutputFormat.Json ? OutputFormat.Json : OutputFormat.Yaml, document);
            return ExitCodes.Success;
        });
        return command;
    }

    internal static JsonObject Describe(NaruOptions options)
    {
        var document = new JsonObject();
        foreach (var setting in Settings.All)
        {
            var values = setting.Show(options);
            if (setting.IsList)
            {
                document[setting.Name] = new JsonArray([.. values.Select(value => (JsonNode?)JsonValue.Create(value))]);
            }
            else if (values.Count > 0)
            {
                document[setting.Name] = values[0];
            }
        }

        return document;
    }
}
