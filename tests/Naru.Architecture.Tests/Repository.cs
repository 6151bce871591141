using System.Text.RegularExpressions;

namespace Naru.Architecture.Tests;

/// <summary>The repository that these tests were built from.</summary>
internal static partial class Repository
{
    private static readonly string[] NoSource = ["bin", "obj", "out", ".git", "node_modules", "TestResults"];

    public static string Root { get; } = Find();

    /// <summary>All files below some folders, with paths relative to the root.</summary>
    public static IReadOnlyList<string> Files(string pattern, params string[] folders) =>
        [.. folders
            .Select(folder => new DirectoryInfo(Path.Combine(Root, folder)))
            .Where(folder => folder.Exists)
            .SelectMany(folder => Walk(folder, pattern))
            .Select(path => Path.GetRelativePath(Root, path))
            .Order(StringComparer.Ordinal)];

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static IReadOnlyList<string> SourceFiles() => [.. Files("*.cs", "src").Where(path => !IsGenerated(path))];

    /// <summary>Files that a tool wrote, or that are one table: they may be as long as their subject.</summary>
    public static bool IsGenerated(string path) => GeneratedName().IsMatch(path);

    private static IEnumerable<string> Walk(DirectoryInfo folder, string pattern)
    {
        foreach (var file in folder.EnumerateFiles(pattern))
        {
            yield return file.FullName;
        }

        foreach (var child in folder.EnumerateDirectories().Where(child => !NoSource.Contains(child.Name)))
        {
            foreach (var file in Walk(child, pattern))
            {
                yield return file;
            }
        }
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Naru.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("These tests run from a checkout of the repository.");
    }

    [GeneratedRegex(@"(\.g|\.Generated|Table)\.cs$")]
    private static partial Regex GeneratedName();
}
