using Grpc.Core;
using Naru.Core.Errors;

namespace Naru.Dialects.BuildKit.Sessions;

/// <summary>What failures of calls to the other side mean here.</summary>
internal static class SessionErrors
{
    public static Exception Translate(RpcException problem, CancellationToken cancellationToken) => problem.StatusCode switch
    {
        StatusCode.Cancelled when cancellationToken.IsCancellationRequested => new OperationCanceledException(problem.Message, problem, cancellationToken),
        StatusCode.NotFound => new NaruException(ErrorKind.NotFound, problem.Status.Detail, problem),
        StatusCode.PermissionDenied => new NaruException(ErrorKind.PermissionDenied, problem.Status.Detail, problem),
        StatusCode.Unavailable or StatusCode.Internal or StatusCode.Cancelled => new NaruException(ErrorKind.Unavailable, $"the client's session ended: {problem.Status.Detail}", problem),
        _ => new NaruException(ErrorKind.FailedPrecondition, problem.Status.Detail, problem),
    };
}
