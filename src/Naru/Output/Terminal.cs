using Spectre.Console;
using Spectre.Console.Rendering;

namespace Naru.Output;

/// <summary>Standard output for people. Colours and tables' widths follow the terminal; piped output has neither.</summary>
internal static class Terminal
{
    private const int WidthOfPipes = 4096;

    public static IAnsiConsole Open()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = IsPlain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = IsPlain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = IsPlain ? InteractionSupport.No : InteractionSupport.Detect,
        });
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = WidthOfPipes;
        }

        return console;
    }

    /// <summary>Writes a table or grid; piped, without the blanks that fill its last column.</summary>
    public static void Write(IRenderable what)
    {
        if (!Console.IsOutputRedirected)
        {
            Open().Write(what);
            return;
        }

        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = WidthOfPipes;
        console.Write(what);
        foreach (var line in text.ToString().TrimEnd().Split('\n'))
        {
            Console.Out.WriteLine(line.TrimEnd());
        }
    }

    /// <summary>A borderless table with a heading line, as the docker command prints them.</summary>
    public static Table Table(params ReadOnlySpan<string> columns)
    {
        var table = new Table { Border = TableBorder.None };
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(column) { NoWrap = true, Padding = new Padding(0, 0, 3, 0) });
        }

        return table;
    }

    private static bool IsPlain => Console.IsOutputRedirected || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };
}
