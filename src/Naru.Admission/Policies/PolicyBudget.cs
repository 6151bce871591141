using Naru.Cel;
using Naru.Cel.Runtime;

namespace Naru.Admission.Policies;

/// <summary>What all expressions of one policy may cost for one request.</summary>
internal sealed class PolicyBudget
{
    private static readonly CelError Exceeded = new("validation failed due to running out of cost budget, no further validation rules will be run");
    private long _left = CostMeter.PerObject;

    /// <summary>Evaluates within what is left.</summary>
    public object Evaluate(CelProgram program, IReadOnlyDictionary<string, object> variables)
    {
        var meter = new CostMeter(Math.Min(CostMeter.PerExpression, _left));
        try
        {
            return program.Evaluate(variables, meter);
        }
        catch (CostExceededException)
        {
            return Exceeded;
        }
        finally
        {
            _left = Math.Max(0, _left - meter.Spent);
        }
    }
}
