using Naru.Core.Errors;
using Naru.Objects.Admission;

namespace Naru.Admission.Policies;

/// <summary>Why a policy says no.</summary>
/// <param name="Message">What is wrong.</param>
/// <param name="Reason">Invalid, Forbidden, Unauthorized or RequestEntityTooLarge.</param>
/// <param name="Index">Place of the rule; -1 if it is none of them.</param>
internal sealed record PolicyDecision(string Message, string Reason, int Index)
{
    /// <summary>The refusal that follows.</summary>
    public NaruException Refuse(AdmissionRequest request, string policy, string binding)
    {
        var text = $"ValidatingAdmissionPolicy '{policy}' with binding '{binding}' denied request: {Message}";
        var forbidden = request.Forbidden(text, new FailureCause("", text, ""));
        var kind = Reason switch
        {
            "Forbidden" => ErrorKind.PermissionDenied,
            "Unauthorized" => ErrorKind.Unauthenticated,
            _ => ErrorKind.InvalidArgument,
        };
        return new NaruException(kind, forbidden.Message) { Details = forbidden.Details };
    }
}
