using System.Text.RegularExpressions;

namespace Naru.Architecture.Tests;

/// <summary>What must not stand in this repository.</summary>
public sealed partial class WordTests
{
    // Written in pieces, or this file would find itself.
    private static readonly string[] Forbidden = ["/wor" + "k/", "wor" + "ktree", "Co-Authored" + "-By", "Claude" + " "];

    private static readonly string[] TextFolders = ["src", "tests", "docs", "eng", "examples", "packaging", "bench", ".ci"];

    [Fact]
    public void Files_NameNoMachineTheyWereWrittenOn()
    {
        var found =
            from path in TextFiles()
            let text = Repository.Read(path)
            from word in Forbidden
            where text.Contains(word, StringComparison.Ordinal)
            select $"{path}: {word}";

        Assert.Empty(found);
    }

    [Fact]
    public void Types_AreNotNamedForNothing()
    {
        var empty =
            from path in Repository.SourceFiles()
            from Match match in VagueType().Matches(Repository.Read(path))
            select $"{path}: {match.Value.Trim()}";

        Assert.Empty(empty);
    }

    [Fact]
    public void Catches_OfEverything_SayWhy()
    {
        // A catch of all exceptions tidies up and throws on, or stands at an edge or in a supervisor with its reason beside it.
        var silent =
            from path in Repository.SourceFiles()
            let text = Repository.Read(path)
            from Match match in BareCatch().Matches(text)
            let body = match.Groups["body"].Value
            where !body.Contains("//", StringComparison.Ordinal) && !body.Contains("throw", StringComparison.Ordinal) && !KeepsTheFailure().IsMatch(body)
            select $"{path}:{text[..match.Index].Count(letter => letter == '\n') + 1}";

        Assert.Empty(silent);
    }

    private static IEnumerable<string> TextFiles() =>
        TextFolders.SelectMany(folder => Repository.Files("*", folder))
            .Concat(Directory.EnumerateFiles(Repository.Root).Select(path => Path.GetFileName(path)))
            .Where(path => path != ".git" && !Binary().IsMatch(path) && new FileInfo(Path.Combine(Repository.Root, path)).Length < 2_000_000);

    [GeneratedRegex(@"\.(tar|gz|zst|png|db|bin|tgz|swp)$")]
    private static partial Regex Binary();

    [GeneratedRegex(@"(?:class|record|struct) \w*(?:Manager|Helper|Helpers|Util|Utils|Utility|Common|Base)\b")]
    private static partial Regex VagueType();

    [GeneratedRegex(@"^\s*\w+ = \w+;", RegexOptions.Multiline)]
    private static partial Regex KeepsTheFailure();

    [GeneratedRegex(@"catch \(Exception(?: \w+)?\)\s*\{(?<body>[^{}]*(?:\{[^{}]*\}[^{}]*)*)\}")]
    private static partial Regex BareCatch();
}
