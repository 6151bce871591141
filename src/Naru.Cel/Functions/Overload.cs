using Naru.Cel.Runtime;
using Naru.Cel.Types;

namespace Naru.Cel.Functions;

/// <summary>What a function does. Arguments are no errors; the target of a member call comes first.</summary>
internal delegate object FunctionBody(object[] arguments, CostMeter cost);

/// <summary>One way to call a function.</summary>
/// <param name="Name">Name; operators have names such as <c>_+_</c>.</param>
/// <param name="IsMember">Called on its first argument.</param>
/// <param name="Parameters">Types of the arguments.</param>
/// <param name="Result">Type of the result.</param>
/// <param name="Body">What it does.</param>
internal sealed record Overload(string Name, bool IsMember, CelType[] Parameters, CelType Result, FunctionBody Body)
{
    /// <summary>Whether it takes these values.</summary>
    public bool Takes(object[] arguments)
    {
        for (var index = 0; index < Parameters.Length; index++)
        {
            if (!RuntimeTypes.Fits(arguments[index], Parameters[index]))
            {
                return false;
            }
        }

        return true;
    }
}
