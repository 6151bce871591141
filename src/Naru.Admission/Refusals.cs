using System.Collections.Immutable;
using Naru.Core.Errors;
using Naru.Objects.Admission;
using Naru.Objects.Values;

namespace Naru.Admission;

/// <summary>The words of refusals.</summary>
internal static class Refusals
{
    /// <summary><c>pods "a" is forbidden: …</c></summary>
    public static NaruException Forbidden(this AdmissionRequest request, string text, params ImmutableArray<FailureCause> causes)
    {
        var name = request.Name.Length > 0 ? request.Name : request.Object?.Text("metadata", "name") ?? request.Object?.Text("metadata", "generateName") ?? "";
        var resource = request.Resource.Resource;
        return new NaruException(ErrorKind.PermissionDenied, $"{resource.GroupResource} \"{name}\" is forbidden: {text}")
        {
            Details = new FailureDetails { Group = resource.Group, Kind = resource.Resource, Name = name, Causes = causes },
        };
    }

    /// <summary>One text as it is, several in brackets.</summary>
    public static string Join(IReadOnlyList<string> texts) => texts.Count == 1 ? texts[0] : $"[{string.Join(", ", texts)}]";
}
