using Microsoft.Extensions.DependencyInjection;
using Naru.Objects.Kinds;

namespace Naru.Kinds;

/// <summary>The built-in kinds of Kubernetes.</summary>
public static class KindsExtensions
{
    /// <summary>Adds <see cref="IKinds"/>. Needs nothing.</summary>
    public static IServiceCollection AddNaruKinds(this IServiceCollection services) => services.AddSingleton<IKinds, BuiltInKinds>();
}
