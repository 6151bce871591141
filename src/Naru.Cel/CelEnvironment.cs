using Naru.Cel.Types;

namespace Naru.Cel;

/// <summary>What expressions may speak of. Immutable; any thread.</summary>
/// <param name="variables">Types of the variables by name.</param>
/// <param name="objectTypes">Fields of the types of which objects can be made (<c>Object.spec{…}</c>); null for an unknown type.</param>
public sealed class CelEnvironment(IReadOnlyDictionary<string, CelType> variables, Func<string, ICelFields?>? objectTypes = null)
{
    /// <summary>The type of a variable; null if there is none.</summary>
    public CelType? Variable(string name) => variables.GetValueOrDefault(name);

    /// <summary>Fields of a type of which objects can be made.</summary>
    public ICelFields? ObjectType(string name) => objectTypes?.Invoke(name);

    /// <summary>The same with one variable more, or of another type.</summary>
    public CelEnvironment With(string name, CelType type) => new(new Dictionary<string, CelType>(variables) { [name] = type }, objectTypes);
}
