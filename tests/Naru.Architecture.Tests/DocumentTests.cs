using System.Text.RegularExpressions;

namespace Naru.Architecture.Tests;

/// <summary>Documents that lead somewhere, and a Korean README that says the same.</summary>
public sealed partial class DocumentTests
{
    [Fact]
    public void Links_LeadToFiles()
    {
        var broken =
            from path in Documents()
            let folder = Path.GetDirectoryName(Path.Combine(Repository.Root, path))!
            from Match match in Link().Matches(Repository.Read(path))
            let target = match.Groups[1].Value
            where !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith('#') && !target.StartsWith("mailto:", StringComparison.Ordinal)
            where !Path.Exists(Path.Combine(folder, target.Split('#')[0]))
            select $"{path}: {target}";

        Assert.Empty(broken);
    }

    [Fact]
    public void KoreanReadme_HasTheSameHeadings()
    {
        Assert.Equal(Levels("README.md"), Levels("README.ko.md"));

        static IEnumerable<int> Levels(string path) => Heading().Matches(WithoutCode(Repository.Read(path))).Select(match => match.Groups[1].Length);
    }

    [Fact]
    public void KoreanReadme_HasTheSameCommands()
    {
        Assert.Equal(Commands("README.md"), Commands("README.ko.md"));

        // Output and comments may be translated; what is typed may not.
        static IEnumerable<string> Commands(string path) =>
            from Match block in CodeBlock().Matches(Repository.Read(path))
            from line in block.Value.Split('\n')
            where line.StartsWith("$ ", StringComparison.Ordinal) || line.StartsWith("# ", StringComparison.Ordinal)
            select line.Split("  #")[0].TrimEnd();
    }

    [Fact]
    public void Options_AreAllDocumented()
    {
        var text = Repository.Read("docs/operations.md");
        var names = OptionName().Matches(Repository.Read("src/Naru/Configuration/Settings.cs") + Repository.Read("src/Naru/Configuration/ClusterSettings.cs")).Select(match => match.Groups[1].Value);

        Assert.All(names, name => Assert.Contains($"`{name}`", text, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Documents() =>
        Repository.Files("*.md", "docs", "src", "tests", "bench", "examples").Concat(Directory.EnumerateFiles(Repository.Root, "*.md").Select(path => Path.GetFileName(path)));

    private static string WithoutCode(string text) => CodeBlock().Replace(text, "");

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^(#+) ", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"^        (?:Text|List|Choice|Switch)\(""([a-z-]+)""", RegexOptions.Multiline)]
    private static partial Regex OptionName();
}
