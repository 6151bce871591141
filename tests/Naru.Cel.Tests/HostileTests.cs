using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using Naru.Cel.Runtime;
using Naru.Cel.Types;
using Naru.Objects.Values;

namespace Naru.Cel.Tests;

/// <summary>Expressions that mean harm: bounded time and memory, and an answer.</summary>
public sealed class HostileTests
{
    private static readonly CelEnvironment Environment = new(new Dictionary<string, CelType> { ["self"] = CelType.Dyn });

    public static TheoryData<string> Deep =>
    [
        new string('(', 50_000) + "1" + new string(')', 50_000),
        new string('[', 50_000),
        string.Concat(Enumerable.Repeat("!", 90_000)) + "true",
        string.Concat(Enumerable.Repeat("- ", 45_000)) + "1",
        "1" + string.Concat(Enumerable.Repeat("+1", 45_000)),
        "self" + string.Concat(Enumerable.Repeat(".a", 45_000)),
        "self" + string.Concat(Enumerable.Repeat("[0]", 30_000)),
        string.Concat(Enumerable.Repeat("true ? 1 : ", 9_000)) + "1",
        Nested(150, 200),
        string.Concat(Enumerable.Repeat("[1].map(x, ", 240)) + "1" + new string(')', 240),
        new string('1', 99_999),
        "'" + new string('a', 99_990) + "'",
        new string('a', 200_000),
    ];

    [Theory]
    [MemberData(nameof(Deep), DisableDiscoveryEnumeration = true)]
    public void Expression_DeepOrLong_IsRefusedOrEvaluated(string source)
    {
        var program = CelProgram.Compile(source, Environment, out var issues);

        Assert.True(program is not null || issues.Count > 0);
        if (program is not null)
        {
            Evaluate(program);
        }
    }

    [Theory]
    [InlineData("lists.range(1000).all(a, lists.range(1000).all(b, lists.range(1000).all(c, a + b + c >= 0)))")]
    [InlineData("cel.bind(a, 'xxxxxxxxxxxxxxxx', cel.bind(b, a+a+a+a+a+a+a+a, cel.bind(c, b+b+b+b+b+b+b+b, cel.bind(d, c+c+c+c+c+c+c+c, cel.bind(e, d+d+d+d+d+d+d+d, cel.bind(f, e+e+e+e+e+e+e+e, cel.bind(g, f+f+f+f+f+f+f+f, cel.bind(h, g+g+g+g+g+g+g+g, h.size()))))))))")]
    [InlineData("cel.bind(a, [1,2,3,4,5,6,7,8], cel.bind(b, a+a+a+a+a+a+a+a, cel.bind(c, b+b+b+b+b+b+b+b, cel.bind(d, c+c+c+c+c+c+c+c, cel.bind(e, d+d+d+d+d+d+d+d, cel.bind(f, e+e+e+e+e+e+e+e, cel.bind(g, f+f+f+f+f+f+f+f, g+g+g+g == g)))))))")]
    [InlineData("self.big.replace('', self.big).size() > 0")]
    [InlineData("lists.range(900000).map(x, self.big).join().size() > 0")]
    [InlineData("lists.range(2000).map(x, self.big) == lists.range(2000).map(x, self.big)")]
    [InlineData("lists.range(1000).map(x, lists.range(1000)).flatten().distinct().size() > 0")]
    [InlineData("lists.range(900000).map(x, 900000 - x).sort() == []")]
    [InlineData("sets.equivalent(lists.range(100000), lists.range(100000))")]
    [InlineData("self.big.matches('(a|aa)+' + self.big.substring(0, 9000) + 'b')")]
    [InlineData("'%s'.format([lists.range(800).map(x, lists.range(800))]) == ''")]
    public void Expression_ThatNeverEnds_IsStopped(string source)
    {
        var program = CelProgram.Compile(source, Environment, out var issues);
        Assert.NotNull(program);
        Assert.Empty(issues);
        var watch = Stopwatch.StartNew();
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<CostExceededException>(() => Evaluate(program));

        // Wide enough for a busy machine: a thousand million turns, or a regular expression over all that text, would take longer still.
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), $"{watch.Elapsed}");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1L << 30, $"{(GC.GetAllocatedBytesForCurrentThread() - before) >> 20} MB");
    }

    [Theory]
    [InlineData("(a*)*b")]
    [InlineData("(a|a)*b")]
    [InlineData("(.*)(.*)(.*)(.*)(.*)c")]
    public void Pattern_ThatWouldBacktrack_TakesNoLongerThanOthers(string pattern)
    {
        var program = CelProgram.Compile($"self.big.substring(0, 20000).matches('{pattern}')", Environment, out _)!;
        var watch = Stopwatch.StartNew();

        Assert.Equal(false, Evaluate(program));
        // Wide enough for a busy machine: backtracking would not end at all.
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), $"{watch.Elapsed}");
    }

    [Theory]
    [InlineData("'a'.matches('(((a{1000}){1000}){1000})')")]
    [InlineData("'a'.matches('(?=a)')")]
    [InlineData("'a'.matches('\\\\1')")]
    [InlineData("'a'.matches('[')")]
    public void Pattern_ThatCannotBe_IsAnError(string source) => Assert.IsType<CelError>(Evaluate(CelProgram.Compile(source, Environment, out _)!));

    [Fact]
    public void Compile_OfAnyText_GivesAProgramOrIssues()
    {
        var pieces = Gen.Elements("self", ".", "a", "(", ")", "[", "]", "{", "}", "?", ":", "1", "-", "+", "*", "&&", "||", "!", "'", "\"", "b'", "r\"", "\\", "in", "==", "<", ",", "has", "all", "map", "0x", "1e", "u", "`", " ", "\n", "//", "é", "\ud800", "null", "true", "cel.bind", "optional.of", ".?", "Object{");
        var texts = Gen.ListOf(pieces).Select(static list => string.Concat(list));

        Prop.ForAll(texts.ToArbitrary(), static text =>
        {
            var program = CelProgram.Compile(text, Environment, out var issues);
            if (program is not null)
            {
                Evaluate(program);
            }

            return program is null == issues.Count > 0 && Syntax.CelIssue.Show(text, issues) is not null;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }

    private static string Nested(int levels, int length)
    {
        var text = "1";
        for (var level = 0; level < levels; level++)
        {
            text = $"({text}{string.Concat(Enumerable.Repeat("+1", length))})";
        }

        return text;
    }

    private static object Evaluate(CelProgram program)
    {
        var tree = new MapValue { ["big"] = new string('a', 1_000_000), ["a"] = 1 };
        return program.Evaluate(new Dictionary<string, object> { ["self"] = TreeValues.Read(tree, CelType.Dyn) }, new CostMeter(CostMeter.PerExpression));
    }
}
