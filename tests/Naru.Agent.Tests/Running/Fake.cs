using System.Reflection;

namespace Naru.Agent.Tests.Running;

/// <summary>A port of which only some calls are expected: every other one fails its test.</summary>
public class Fake : DispatchProxy
{
    private Func<string, object?[], object?> _answer = static (name, _) => throw new NotSupportedException(name);

    /// <summary>A port that answers so, by the name of the method.</summary>
    public static T Of<T>(Func<string, object?[], object?>? answer = null)
        where T : class
    {
        var port = Create<T, Fake>();
        if (answer is not null)
        {
            ((Fake)(object)port)._answer = answer;
        }

        return port;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _answer(targetMethod!.Name, args ?? []);
}
