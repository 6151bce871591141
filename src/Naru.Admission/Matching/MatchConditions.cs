using System.Collections.Immutable;
using Naru.Cel;
using Naru.Cel.Runtime;
using Naru.Cel.Syntax;
using Naru.Cel.Types;
using Naru.Objects.Values;

namespace Naru.Admission.Matching;

/// <summary>Conditions in CEL for asking a webhook or policy at all. Compiled once; any thread.</summary>
internal sealed class MatchConditions
{
    private readonly ImmutableArray<(string Name, CelProgram? Program, string Failure)> _conditions;

    /// <summary>Compiles the entries of <c>matchConditions</c>.</summary>
    public MatchConditions(IEnumerable<MapValue> conditions, CelEnvironment environment) => _conditions = [.. conditions.Select(one => Compile(one, environment))];

    /// <summary>There are none.</summary>
    public bool IsEmpty => _conditions.IsEmpty;

    /// <summary>Whether all hold. A condition that says no is enough, whatever others failed with.</summary>
    /// <param name="variables">Asked for only where there are conditions.</param>
    /// <param name="cost">What they may cost together.</param>
    /// <param name="failure">Why it cannot be said; null if it can.</param>
    public bool Hold(Func<IReadOnlyDictionary<string, object>> variables, CostMeter cost, out string? failure)
    {
        failure = null;
        if (_conditions.IsEmpty)
        {
            return true;
        }

        var values = variables();
        var failures = new List<string>();
        foreach (var (name, program, broken) in _conditions)
        {
            switch (Evaluate(program, broken, values, cost))
            {
                case false:
                    return false;
                case CelError error:
                    failures.Add($"match condition '{name}': {error.Message}");
                    break;
            }
        }

        failure = failures.Count == 0 ? null : string.Join(", ", failures);
        return failure is null;
    }

    private static object Evaluate(CelProgram? program, string broken, IReadOnlyDictionary<string, object> values, CostMeter cost)
    {
        if (program is null)
        {
            return new CelError(broken);
        }

        try
        {
            var result = program.Evaluate(values, cost);
            return result is bool or CelError ? result : new CelError("the expression is not of type bool");
        }
        catch (CostExceededException)
        {
            return new CelError("validation failed due to running out of cost budget, no further validation rules will be run");
        }
    }

    private static (string, CelProgram?, string) Compile(MapValue condition, CelEnvironment environment)
    {
        var source = condition.Text("expression") ?? "";
        var program = CelProgram.Compile(source, environment, out var issues);
        return program is { Result.Kind: not (CelKind.Bool or CelKind.Dyn) }
            ? (condition.Text("name") ?? "", null, "must evaluate to bool")
            : (condition.Text("name") ?? "", program, program is null ? $"compilation failed: {CelIssue.Show(source, issues)}" : "");
    }
}
