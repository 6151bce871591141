using Grpc.Core;
using Naru.Core.Errors;

namespace Naru.Store.Etcd.Connections;

/// <summary>What etcd's failures are in the closed list: the only place that knows. Several of its failures share a code and differ in words.</summary>
internal static class EtcdFailures
{
    /// <summary>The failure as ours.</summary>
    /// <param name="failure">What the call threw.</param>
    /// <param name="member">Who was asked; null where it was etcd's own word that a watch ends.</param>
    public static NaruException From(RpcException failure, Uri? member = null)
    {
        var text = failure.Status.Detail;
        bool Says(string words) => text.Contains(words, StringComparison.OrdinalIgnoreCase);
        return failure.StatusCode switch
        {
            StatusCode.OutOfRange when Says("compacted") => new NaruException(ErrorKind.Expired, "the revision is compacted", failure),
            StatusCode.OutOfRange when Says("future") => new NaruException(ErrorKind.InvalidArgument, "the revision is in the future", failure),
            StatusCode.NotFound => new NaruException(ErrorKind.NotFound, Says("lease") ? "lease not found" : text, failure),
            StatusCode.InvalidArgument when Says("too large") || Says("too many operations") => new NaruException(ErrorKind.ResourceExhausted, $"the transaction is too large for etcd: {text}", failure),
            StatusCode.InvalidArgument when Says("authentication failed") => new NaruException(ErrorKind.Unauthenticated, $"etcd refused the login: {text}", failure),
            StatusCode.InvalidArgument => new NaruException(ErrorKind.InvalidArgument, $"etcd refused the request: {text}", failure),
            StatusCode.ResourceExhausted when Says("too many requests") => new NaruException(ErrorKind.Unavailable, $"etcd does not answer: {text}", failure),
            StatusCode.ResourceExhausted => new NaruException(ErrorKind.ResourceExhausted, $"etcd's space or limits are exhausted: {text}", failure),
            StatusCode.Unauthenticated => new NaruException(ErrorKind.Unauthenticated, $"etcd refused the login: {text}", failure),
            StatusCode.PermissionDenied => new NaruException(ErrorKind.PermissionDenied, $"etcd does not allow it: {text}", failure),
            StatusCode.FailedPrecondition => new NaruException(ErrorKind.FailedPrecondition, $"etcd refused the request: {text}", failure),
            StatusCode.DataLoss => new NaruException(ErrorKind.DataLoss, $"etcd's data is damaged: {text}", failure),
            _ => new NaruException(ErrorKind.Unavailable, $"etcd{(member is null ? "" : $" at {member.GetLeftPart(UriPartial.Authority)}")} does not answer: {failure.Status.DebugException?.GetBaseException().Message ?? text}", failure),
        };
    }

    public static bool IsExpiredLogin(RpcException failure) =>
        failure.StatusCode == StatusCode.Unauthenticated && failure.Status.Detail.Contains("token", StringComparison.OrdinalIgnoreCase);
}
