using System.Runtime.CompilerServices;
using Naru.Cel;
using Naru.Cel.Types;
using Naru.Objects.Schemas.Structural;

namespace Naru.Cluster.SchemaRules;

/// <summary>The rules of one place of a schema, compiled once.</summary>
internal sealed class PlaceRules
{
    private static readonly ConditionalWeakTable<StructuralSchema, PlaceRules> Known = [];

    private PlaceRules(StructuralSchema schema, bool isRoot)
    {
        Type = OpenApiTypes.Of(schema.Source, "object", isRoot) ?? CelType.Dyn;
        Rules = [.. schema.Validations.Select(rule => new CompiledRule(rule, Type))];
    }

    /// <summary>The type of what stands at the place.</summary>
    public CelType Type { get; }

    /// <summary>The rules in order.</summary>
    public IReadOnlyList<CompiledRule> Rules { get; }

    /// <summary>The rules of a place.</summary>
    public static PlaceRules Of(StructuralSchema schema, bool isRoot) => Known.GetValue(schema, one => new PlaceRules(one, isRoot));
}

/// <summary>One rule. What could not be compiled is null, and told by the definition's own validation.</summary>
internal sealed class CompiledRule
{
    public CompiledRule(ValidationRule rule, CelType type)
    {
        Rule = rule;
        var environment = new CelEnvironment(new Dictionary<string, CelType> { ["self"] = type, ["oldSelf"] = rule.OptionalOldSelf ? CelType.OptionalOf(type) : type });
        Program = CelProgram.Compile(rule.Rule, environment, out var issues);
        Failure = Program is null ? $"compilation failed: {Cel.Syntax.CelIssue.Show(rule.Rule, issues)}"
            : Program.Result.Kind is not (CelKind.Bool or CelKind.Dyn) ? "compilation failed: cel expression must evaluate to a bool" : null;
        if (rule.MessageExpression.Length > 0)
        {
            Message = CelProgram.Compile(rule.MessageExpression, environment, out issues);
            MessageFailure = Message is null ? $"messageExpression compilation failed: {Cel.Syntax.CelIssue.Show(rule.MessageExpression, issues)}"
                : Message.Result.Kind is not (CelKind.Text or CelKind.Dyn) ? "messageExpression must evaluate to a string" : null;
        }
    }

    public ValidationRule Rule { get; }

    public CelProgram? Program { get; }

    public CelProgram? Message { get; }

    /// <summary>Why the rule cannot be used; null if it can.</summary>
    public string? Failure { get; }

    /// <summary>Why the message cannot be used; null if it can.</summary>
    public string? MessageFailure { get; }

    /// <summary>The rule is about changes.</summary>
    public bool IsTransition => Program is { UsesOldSelf: true };

    /// <summary>The rule in messages.</summary>
    public string Shown => (Rule.Message.Length > 0 ? Rule.Message : Rule.Rule).Trim();
}
