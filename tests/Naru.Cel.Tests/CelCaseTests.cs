using Naru.Cel.Runtime;
using Naru.Cel.Types;
using Naru.Objects.Json;

namespace Naru.Cel.Tests;

/// <summary>A table of expressions, each with what it must give: as text, or <c>!</c> and a part of the error; <c>#</c> and a part of what the compiler says.</summary>
public sealed class CelCaseTests
{
    private static readonly string[] Cases = Read();

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Cases.Length)];

    [Theory]
    [MemberData(nameof(Numbers), DisableDiscoveryEnumeration = true)]
    public void Case_Evaluated_GivesWhatTheTableSays(int number)
    {
        var parts = Cases[number].Split("  =>  ");

        Assert.Equal(parts[1].StartsWith('!') || parts[1].StartsWith('#') ? "" : parts[1], Compare(parts[0].Trim(), parts[1]));
    }

    [Fact]
    public void Table_HasHundredsOfCases() => Assert.True(Cases.Length > 300, $"{Cases.Length}");

    // The text of the value; of an expected error nothing, if it is the one.
    private static string Compare(string source, string wanted)
    {
        var environment = new CelEnvironment(new Dictionary<string, CelType> { ["x"] = CelType.Dyn, ["self"] = CelType.Dyn });
        var program = CelProgram.Compile(source, environment, out var issues);
        if (program is null)
        {
            var text = string.Join('\n', issues.Select(static issue => issue.Message));
            return wanted.StartsWith('#') && text.Contains(wanted[1..], StringComparison.Ordinal) ? "" : $"{source}: not compiled: {text}";
        }

        var tree = JsonText.Parse("""{"a":1,"b":{"c":"text","d":[1,2,3]},"e":[{"k":"one","v":1},{"k":"two","v":2}],"n":null,"f":1.5,"t":true,"labels":{"x":"1","y":"2"}}""");
        var value = program.Evaluate(new Dictionary<string, object> { ["x"] = 5L, ["self"] = TreeValues.Read(tree, CelType.Dyn) }, new CostMeter(CostMeter.PerExpression));
        if (value is CelError error)
        {
            return wanted.StartsWith('!') && error.Message.Contains(wanted[1..], StringComparison.Ordinal) ? "" : $"{source}: failed: {error.Message}";
        }

        return Show(value);
    }

    private static string Show(object value) => value switch
    {
        string text => $"'{text}'",
        ulong number => $"{number}u",
        double number => CelText.OfDouble(number) is var text && text.All(static one => char.IsAsciiDigit(one) || one == '-') ? text + ".0" : CelText.OfDouble(number),
        CelBytes bytes => $"b'{CelText.Of(bytes)}'",
        CelList list => $"[{string.Join(", ", list.Items().Select(Show))}]",
        CelMap map => $"{{{string.Join(", ", map.Keys.Select(key => $"{Show(key)}: {Show(map.Find(key)!)}"))}}}",
        CelOptional optional => optional.Value is null ? "none" : $"some({Show(optional.Value)})",
        _ => CelText.Of(value),
    };

    private static string[] Read()
    {
        using var reader = new StreamReader(typeof(CelCaseTests).Assembly.GetManifestResourceStream("cases.txt")!);
        return [.. reader.ReadToEnd().Split('\n').Where(static line => line.Contains("  =>  ", StringComparison.Ordinal))];
    }
}
