using System.Reflection;

namespace Naru.Builds.Tests.Fakes;

/// <summary>A port that must not be called.</summary>
public class NoPort : DispatchProxy
{
    public static T Of<T>()
        where T : class => Create<T, NoPort>();

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => throw new NotSupportedException(targetMethod?.Name);
}
