using System.Collections.Immutable;
using Naru.Cel.Runtime;

namespace Naru.Admission.Policies;

/// <summary><c>variables</c>: each is evaluated when an expression first speaks of it.</summary>
internal sealed class PolicyVariables(ImmutableArray<(string Name, PolicyExpression Expression)> expressions, IReadOnlyDictionary<string, object> values, PolicyBudget budget) : CelMap
{
    private readonly Dictionary<string, object> _known = [];

    public override int Count => expressions.Length;

    public override IEnumerable<object> Keys => expressions.Select(static one => one.Name);

    public override object? Find(object key)
    {
        if (key is not string name)
        {
            return null;
        }

        if (_known.TryGetValue(name, out var known))
        {
            return known;
        }

        var expression = expressions.FirstOrDefault(one => one.Name == name).Expression;
        if (expression is null)
        {
            return null;
        }

        // An expression sees only those before it, so this ends.
        var value = expression.Evaluate(values, budget);
        return _known[name] = value is CelError error ? new CelError($"composited variable \"{name}\" fails to evaluate: {error.Message}") : value;
    }
}
