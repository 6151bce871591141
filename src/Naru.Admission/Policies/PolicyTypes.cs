using Naru.Admission.Matching;
using Naru.Cel;
using Naru.Cel.Types;
using Naru.Objects.Values;

namespace Naru.Admission.Policies;

/// <summary>What expressions of policies may speak of, and of what types they may make objects.</summary>
internal static class PolicyTypes
{
    private static readonly ICelFields Anything = new AnyFields();

    private static readonly ICelFields Patch = RequestFields.Object("JSONPatch", ("op", CelType.Text), ("path", CelType.Text), ("from", CelType.Text), ("value", CelType.Dyn)).Fields!;

    /// <summary>The environment of a policy's expressions, before its variables.</summary>
    /// <param name="objectType">The type of <c>object</c> and <c>oldObject</c>.</param>
    /// <param name="parameters">The type of <c>params</c>; null if the policy has none.</param>
    public static CelEnvironment Environment(CelType objectType, CelType? parameters)
    {
        var variables = new Dictionary<string, CelType>
        {
            ["object"] = objectType,
            ["oldObject"] = objectType,
            ["request"] = RequestFields.Request,
            ["namespaceObject"] = RequestFields.Namespace,
            ["authorizer"] = CelAuthorizer.Type,
            ["authorizer.requestResource"] = CelAuthorizer.ResourceType,
        };
        if (parameters is not null)
        {
            variables["params"] = parameters;
        }

        return new CelEnvironment(variables, static name => name == "JSONPatch" ? Patch : name == "Object" || name.StartsWith("Object.", StringComparison.Ordinal) ? Anything : null);
    }

    /// <summary>Compiles variables, each seeing those before it; gives the environment that sees them all.</summary>
    public static CelEnvironment AddVariables(CelEnvironment environment, IEnumerable<MapValue> entries, List<(string Name, PolicyExpression Expression)> variables)
    {
        var types = new List<(string Name, CelType Type)>();
        environment = environment.With("variables", RequestFields.Object("kubernetes.variables"));
        foreach (var entry in entries)
        {
            var name = entry.Text("name") ?? "";
            var expression = new PolicyExpression(entry.Text("expression") ?? "", environment);
            variables.Add((name, expression));
            types.RemoveAll(one => one.Name == name);
            types.Add((name, expression.Program?.Result ?? CelType.Dyn));
            environment = environment.With("variables", RequestFields.Object("kubernetes.variables", [.. types]));
        }

        return environment;
    }

    private sealed class AnyFields : ICelFields
    {
        public CelType? Field(string name) => CelType.Dyn;
    }
}
