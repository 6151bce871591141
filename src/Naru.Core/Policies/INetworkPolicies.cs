using Naru.Core.Errors;

namespace Naru.Core.Policies;

/// <summary>
/// Who may talk to the sandboxes of this host, and to whom they may talk. What is forbidden is dropped, and connections that stood and are forbidden now are
/// ended; answers to what is allowed pass, and so does what a sandbox says to itself and what the host says. The rules stay when naru is gone, until the next picture.
/// </summary>
public interface INetworkPolicies
{
    /// <summary>Makes the rules those of the picture; packets obey when the task ends, and never meet half of it. A picture like the one before costs nothing.</summary>
    /// <exception cref="NaruException"><see cref="ErrorKind.Internal"/>: the kernel refused; the rules are as before.</exception>
    Task ApplyAsync(TrafficPolicies picture, CancellationToken cancellationToken);
}
