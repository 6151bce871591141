using System.Globalization;

namespace Naru.Architecture.Tests;

/// <summary>Files and methods that a person can hold in mind.</summary>
public sealed class SizeTests
{
    private const int LongestFile = 600;
    private const int MedianFile = 90;
    private const int NearlyAllFiles = 300;
    private const int LongestTestFile = 800;
    private const int LongestMethod = 80;
    private const int NearlyAllMethods = 40;

    [Fact]
    public void SourceFiles_NoneIsTooLong() =>
        Assert.DoesNotContain(Lengths(Repository.SourceFiles()), file => file.Lines > LongestFile);

    [Fact]
    public void SourceFiles_MedianAndTail_AreShort()
    {
        int[] lengths = [.. Lengths(Repository.SourceFiles()).Select(file => file.Lines).Order()];

        Assert.InRange(At(lengths, 0.5), 0, MedianFile);
        Assert.InRange(At(lengths, 0.95), 0, NearlyAllFiles);
    }

    [Fact]
    public void TestFiles_NoneIsTooLong() =>
        Assert.DoesNotContain(Lengths(Repository.Files("*.cs", "tests")), file => file.Lines > LongestTestFile);

    [Fact]
    public void Methods_NoneIsTooLong() =>
        Assert.Empty(Methods().Where(method => method.Lines > LongestMethod).Select(method => string.Create(CultureInfo.InvariantCulture, $"{method.Path}:{method.Line} {method.Lines} lines")));

    [Fact]
    public void Methods_NearlyAll_AreShort()
    {
        int[] lengths = [.. Methods().Select(method => method.Lines).Order()];

        Assert.InRange(At(lengths, 0.95), 0, NearlyAllMethods);
    }

    private static int At(int[] sorted, double part) => sorted[(int)(part * (sorted.Length - 1))];

    private static IEnumerable<(string Path, int Lines)> Lengths(IEnumerable<string> paths) =>
        paths.Select(path => (path, File.ReadLines(Path.Combine(Repository.Root, path)).Count()));

    // House style makes a member's body the block whose braces stand alone, four columns in from its type's: no parser is needed.
    private static IEnumerable<(string Path, int Line, int Lines)> Methods()
    {
        foreach (var path in Repository.SourceFiles())
        {
            var lines = File.ReadAllLines(Path.Combine(Repository.Root, path));
            for (var start = 1; start < lines.Length; start++)
            {
                if (lines[start] != "    {" || IsTypeHead(lines, start) || IsTable(lines[start - 1]))
                {
                    continue;
                }

                var end = Array.FindIndex(lines, start, line => line is "    }" or "    };" or "    });" || line.StartsWith("    } ", StringComparison.Ordinal));
                yield return (path, start + 1, end - start + 1);
            }
        }
    }

    private static bool IsTable(string head) => head.EndsWith("= new()", StringComparison.Ordinal);

    private static bool IsTypeHead(string[] lines, int brace)
    {
        for (var line = brace - 1; line >= 0 && lines[line].Length > 0; line--)
        {
            if (lines[line].Contains(" class ", StringComparison.Ordinal) || lines[line].Contains(" struct ", StringComparison.Ordinal)
                || lines[line].Contains(" record ", StringComparison.Ordinal) || lines[line].Contains(" interface ", StringComparison.Ordinal) || lines[line].Contains(" enum ", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
