using Naru.Cel.Types;

namespace Naru.Cel.Checking;

/// <summary>Whether types fit the parameters of one call, and what its stand-ins are then.</summary>
internal sealed class TypeMatch
{
    private readonly Dictionary<string, CelType> _bound = [];

    /// <summary>Whether a value of one type may stand where another is wanted.</summary>
    public static bool Assignable(CelType wanted, CelType given) => new TypeMatch().Fits(wanted, given);

    /// <summary>The type that both fit; null if there is none.</summary>
    public static CelType? Join(CelType one, CelType two)
    {
        if (one.Kind == CelKind.Dyn || two.Kind == CelKind.Dyn)
        {
            return CelType.Dyn;
        }

        return Assignable(one, two) ? one : Assignable(two, one) ? two : null;
    }

    /// <summary>Whether a type fits a parameter, together with those before.</summary>
    public bool Fits(CelType wanted, CelType given)
    {
        if (wanted.Kind == CelKind.Parameter)
        {
            return Bind(wanted.Name, given);
        }

        if (wanted.Kind == CelKind.Dyn || given.Kind == CelKind.Dyn)
        {
            BindRest(wanted);
            return true;
        }

        if (given.Kind == CelKind.Null)
        {
            return wanted.Kind is CelKind.Null or CelKind.Object or CelKind.Timestamp or CelKind.Duration or CelKind.Opaque;
        }

        if (wanted.Kind != given.Kind || wanted.Parameters.Length != given.Parameters.Length)
        {
            return false;
        }

        for (var index = 0; index < wanted.Parameters.Length; index++)
        {
            if (!Fits(wanted.Parameters[index], given.Parameters[index]))
            {
                return false;
            }
        }

        return wanted.Kind is not (CelKind.Object or CelKind.Opaque) || wanted.Name == given.Name;
    }

    /// <summary>A type with the stand-ins filled in.</summary>
    public CelType Fill(CelType type) => type.Kind switch
    {
        CelKind.Parameter => _bound.GetValueOrDefault(type.Name, CelType.Dyn),
        CelKind.List => Fill(type.Element) is var element && ReferenceEquals(element, type.Element) ? type : CelType.ListOf(element),
        CelKind.Map => CelType.MapOf(Fill(type.Parameters[0]), Fill(type.Parameters[1])),
        CelKind.Optional => CelType.OptionalOf(Fill(type.Element)),
        _ => type,
    };

    private bool Bind(string name, CelType given)
    {
        if (!_bound.TryGetValue(name, out var bound))
        {
            _bound[name] = given;
            return true;
        }

        if (bound.Kind == CelKind.Dyn || given.Kind == CelKind.Dyn)
        {
            _bound[name] = CelType.Dyn;
            return true;
        }

        if (Assignable(bound, given))
        {
            return true;
        }

        _bound[name] = given;
        return Assignable(given, bound);
    }

    private void BindRest(CelType wanted)
    {
        foreach (var parameter in wanted.Parameters)
        {
            if (parameter.Kind == CelKind.Parameter)
            {
                _bound.TryAdd(parameter.Name, CelType.Dyn);
            }
            else
            {
                BindRest(parameter);
            }
        }
    }
}
