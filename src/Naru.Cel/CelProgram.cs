using Naru.Cel.Checking;
using Naru.Cel.Evaluation;
using Naru.Cel.Runtime;
using Naru.Cel.Syntax;
using Naru.Cel.Types;

namespace Naru.Cel;

/// <summary>A compiled expression. Immutable; any thread.</summary>
public sealed class CelProgram
{
    private readonly Step _step;
    private readonly int _slots;

    private CelProgram(string source, Expression tree, int slots)
    {
        Source = source;
        Tree = tree;
        Result = tree.Type;
        _slots = slots;
        _step = Planner.Plan(tree);
        UsesOldSelf = NameSearch.Finds(tree, "oldSelf");
    }

    /// <summary>The expression as it was written.</summary>
    public string Source { get; }

    /// <summary>The type of what it gives.</summary>
    public CelType Result { get; }

    /// <summary>It speaks of <c>oldSelf</c>: it is about a change.</summary>
    public bool UsesOldSelf { get; }

    internal Expression Tree { get; }

    /// <summary>Compiles an expression; null with what is wrong if it cannot be.</summary>
    public static CelProgram? Compile(string source, CelEnvironment environment, out IReadOnlyList<CelIssue> issues)
    {
        try
        {
            var tree = Parser.Parse(source);
            var checker = new Checker(environment);
            checker.Check(tree);
            issues = checker.Issues;
            return issues.Count > 0 ? null : new CelProgram(source, tree, checker.Slots);
        }
        catch (CelSyntaxException failure)
        {
            issues = [failure.Issue];
            return null;
        }
    }

    /// <summary>The expression's value; a <see cref="CelError"/> if it fails.</summary>
    /// <param name="variables">The variables of the environment.</param>
    /// <param name="cost">What it may cost.</param>
    /// <exception cref="CostExceededException">It cost too much.</exception>
    public object Evaluate(IReadOnlyDictionary<string, object> variables, CostMeter cost) => _step(new Frame(variables, new object[_slots], cost));

    /// <summary>What the expression may cost at most, by the sizes that types allow; <see cref="long.MaxValue"/> if it has no bound.</summary>
    public long EstimateCost() => CostEstimator.Estimate(Tree);
}
