#pragma warning disable IL2026, IL2091, IL3050
using System.Reflection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Naru.Core.Errors;

namespace Naru.Composition;

/// <summary>Holds the place of a port until its hand lands; to be removed before the end.</summary>
public class Awaited : DispatchProxy
{
    public static void Add<TPort>(IServiceCollection services)
        where TPort : class => services.TryAddSingleton(_ => Create<TPort, Awaited>());

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        throw new NaruException(ErrorKind.NotImplemented, $"{targetMethod?.DeclaringType?.Name}.{targetMethod?.Name} is not here yet");
}
