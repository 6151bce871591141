using System.Collections.Immutable;
using Naru.Admission.Matching;
using Naru.Cel;
using Naru.Cel.Types;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Admission.Policies;

/// <summary>A rule of a policy that judges.</summary>
internal sealed record PolicyValidation(PolicyExpression Expression, string Message, PolicyExpression? MessageExpression, string Reason);

/// <summary>What a policy writes into the audit log.</summary>
internal sealed record PolicyAnnotation(string Key, PolicyExpression Value);

/// <summary>A change that a policy makes.</summary>
internal sealed record PolicyMutation(bool IsPatch, PolicyExpression Expression);

/// <summary>A policy, judging or changing, compiled once. Immutable; any thread.</summary>
internal sealed class AdmissionPolicy
{
    /// <summary>Compiles a policy.</summary>
    /// <param name="body">The policy.</param>
    /// <param name="objectType">The type of the objects that it is about; anything for evaluation.</param>
    /// <param name="parameterType">The type of its parameters.</param>
    public AdmissionPolicy(MapValue body, CelType objectType, CelType parameterType)
    {
        Name = body.Text("metadata", "name") ?? "";
        var spec = body.Map("spec") ?? [];
        Match = spec.Map("matchConstraints") ?? [];
        IgnoresFailure = spec.Text("failurePolicy") == "Ignore";
        Reinvokes = spec.Text("reinvocationPolicy") == "IfNeeded";
        ParameterKind = spec.Map("paramKind");
        var plain = PolicyTypes.Environment(objectType, ParameterKind is null ? null : parameterType);
        Conditions = new MatchConditions(spec.Maps("matchConditions"), plain);
        var variables = new List<(string, PolicyExpression)>();
        var full = PolicyTypes.AddVariables(plain, spec.Maps("variables"), variables);
        Variables = [.. variables];
        Validations = [.. spec.Maps("validations").Select(one => ReadValidation(one, full))];
        Annotations = [.. spec.Maps("auditAnnotations").Select(one => new PolicyAnnotation(one.Text("key") ?? "", new PolicyExpression(one.Text("valueExpression") ?? "", full, CelKind.Text, CelKind.Null)))];
        Mutations = [.. spec.Maps("mutations").Select(one => ReadMutation(one, full))];
    }

    public string Name { get; }

    /// <summary>What requests it is about.</summary>
    public MapValue Match { get; }

    /// <summary>An expression that fails does not refuse the request.</summary>
    public bool IgnoresFailure { get; }

    /// <summary>Wants to be asked again when others changed the object after it.</summary>
    public bool Reinvokes { get; }

    /// <summary>apiVersion and kind of its parameters; null if it has none.</summary>
    public MapValue? ParameterKind { get; }

    public MatchConditions Conditions { get; }

    public ImmutableArray<(string Name, PolicyExpression Expression)> Variables { get; }

    public ImmutableArray<PolicyValidation> Validations { get; }

    public ImmutableArray<PolicyAnnotation> Annotations { get; }

    public ImmutableArray<PolicyMutation> Mutations { get; }

    /// <summary>Reads a stored policy.</summary>
    public static AdmissionPolicy Read(ReadOnlyMemory<byte> json) => new(JsonText.ParseMap(json.Span), CelType.Dyn, CelType.Dyn);

    private static PolicyValidation ReadValidation(MapValue body, CelEnvironment environment) => new(
        new PolicyExpression(body.Text("expression") ?? "", environment, CelKind.Bool),
        body.Text("message") ?? "",
        body.Text("messageExpression") is { Length: > 0 } message ? new PolicyExpression(message, environment, CelKind.Text) : null,
        body.Text("reason") ?? "Invalid");

    private static PolicyMutation ReadMutation(MapValue body, CelEnvironment environment)
    {
        var patches = body.Text("patchType") == "JSONPatch";
        var source = body.Text(patches ? "jsonPatch" : "applyConfiguration", "expression") ?? "";
        return new PolicyMutation(patches, new PolicyExpression(source, environment, patches ? CelKind.List : CelKind.Object));
    }
}
