using Naru.Objects.Access;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Fairness;

/// <summary>Whose requests a rule of a FlowSchema is about: a user, the members of a group, or service accounts; <c>*</c> for all of a kind.</summary>
internal sealed class FlowSubject
{
    private readonly string? _kind;
    private readonly string? _name;
    private readonly string _accounts;

    public FlowSubject(MapValue body)
    {
        _kind = body.Text("kind");
        _accounts = $"system:serviceaccount:{body.Text("serviceAccount", "namespace")}:";
        _name = _kind switch
        {
            "User" => body.Text("user", "name"),
            "Group" => body.Text("group", "name"),
            "ServiceAccount" => body.Text("serviceAccount", "name"),
            _ => null,
        };
    }

    /// <summary>The user is meant.</summary>
    public bool Matches(UserInfo user) => _name is not null && _kind switch
    {
        "User" => _name == "*" || _name == user.Name,
        "Group" => _name == "*" || user.Groups.Contains(_name),
        _ => user.Name.StartsWith(_accounts, StringComparison.Ordinal) && (_name == "*" || user.Name.AsSpan(_accounts.Length).SequenceEqual(_name)),
    };
}
