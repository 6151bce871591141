using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Admission.Policies;

/// <summary>A binding: which policy holds where, with what parameters, and what follows.</summary>
internal sealed class PolicyBinding
{
    private PolicyBinding(MapValue body)
    {
        Name = body.Text("metadata", "name") ?? "";
        var spec = body.Map("spec") ?? [];
        Policy = spec.Text("policyName") ?? "";
        Match = spec.Map("matchResources");
        ParameterReference = spec.Map("paramRef");
        Actions = [.. spec.List("validationActions")?.Texts() ?? []];
    }

    public string Name { get; }

    /// <summary>Name of the policy.</summary>
    public string Policy { get; }

    /// <summary>Narrows what requests the policy is about; null if it does not.</summary>
    public MapValue? Match { get; }

    public MapValue? ParameterReference { get; }

    /// <summary>Deny, Warn, Audit.</summary>
    public IReadOnlyList<string> Actions { get; }

    /// <summary>Reads a stored binding.</summary>
    public static PolicyBinding Read(ReadOnlyMemory<byte> json) => new(JsonText.ParseMap(json.Span));
}
