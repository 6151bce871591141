using Naru.Cel;
using Naru.Cel.Runtime;
using Naru.Cel.Syntax;
using Naru.Cel.Types;

namespace Naru.Admission.Policies;

/// <summary>An expression of a policy, compiled once. What cannot be compiled fails whenever it is evaluated.</summary>
internal sealed class PolicyExpression
{
    public PolicyExpression(string source, CelEnvironment environment, params ReadOnlySpan<CelKind> wanted)
    {
        Source = source;
        Program = CelProgram.Compile(source, environment, out var issues);
        if (Program is null)
        {
            Failure = $"compilation failed: {CelIssue.Show(source, issues)}";
        }
        else if (!wanted.IsEmpty && Program.Result.Kind != CelKind.Dyn && !wanted.Contains(Program.Result.Kind))
        {
            Failure = $"must evaluate to {NameOf(wanted[0])}";
            Program = null;
        }
    }

    public string Source { get; }

    public CelProgram? Program { get; }

    /// <summary>Why it cannot be used; null if it can.</summary>
    public string? Failure { get; }

    /// <summary>What it gives; a <see cref="CelError"/> if it fails.</summary>
    public object Evaluate(IReadOnlyDictionary<string, object> variables, PolicyBudget budget) => Program is null ? new CelError(Failure!) : budget.Evaluate(Program, variables);

    private static string NameOf(CelKind kind) => kind switch
    {
        CelKind.Bool => "bool",
        CelKind.Text => "string",
        CelKind.List => "list",
        _ => "Object",
    };
}
