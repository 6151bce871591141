using System.Collections.Immutable;
using Naru.Core.Errors;

namespace Naru.Core.Containers;

/// <summary>
/// The containers of this host. A reference is an id, a unique prefix of one (as the ids come first, then names), or a name with or without a leading slash.
/// All calls may be made from any thread; calls on one container are carried out one after another. Every call that changes
/// something has it on disk before it returns. Unknown references are <see cref="ErrorKind.NotFound"/>
/// (<c>No such container: x</c>), ambiguous prefixes <see cref="ErrorKind.InvalidArgument"/>.
/// </summary>
public interface IContainers
{
    /// <summary>All containers, newest first.</summary>
    ImmutableArray<Container> List();

    /// <summary>One container.</summary>
    Container Get(string reference);

    /// <summary>One container, or null.</summary>
    Container? Find(string reference);

    /// <summary>Makes a container and its writable root; starts nothing. Missing volumes are made.</summary>
    /// <param name="spec">What is asked.</param>
    /// <param name="name">Name; null: made up.</param>
    /// <param name="cancellationToken">Gives up; nothing stays behind.</param>
    /// <exception cref="NaruException"><see cref="ErrorKind.NotFound"/>: no such image; <see cref="ErrorKind.Conflict"/>: the name is taken;
    /// <see cref="ErrorKind.InvalidArgument"/>: a field breaks a rule.</exception>
    Task<ContainerCreated> CreateAsync(ContainerSpec spec, string? name, CancellationToken cancellationToken);

    /// <summary>Starts it and returns when its process has been executed. <see cref="ErrorKind.NotModified"/> when it runs already.
    /// A failure to execute leaves it <see cref="ContainerPhase.Created"/> or <see cref="ContainerPhase.Exited"/> with exit code 126, 127 or 128 and the error text.</summary>
    Task StartAsync(string reference, CancellationToken cancellationToken);

    /// <summary>Asks it to end, kills it when the time is over, and returns when it has ended. <see cref="ErrorKind.NotModified"/> when it does not run.</summary>
    Task StopAsync(string reference, StopOptions options, CancellationToken cancellationToken);

    /// <summary>Stops it where it runs, then starts it.</summary>
    Task RestartAsync(string reference, StopOptions options, CancellationToken cancellationToken);

    /// <summary>Sends a signal, <c>KILL</c>, <c>SIGHUP</c> or a number. <see cref="ErrorKind.Conflict"/> when it does not run.</summary>
    Task KillAsync(string reference, string signal, CancellationToken cancellationToken);

    /// <summary>Freezes all its processes.</summary>
    Task PauseAsync(string reference, CancellationToken cancellationToken);

    /// <summary>Thaws them.</summary>
    Task UnpauseAsync(string reference, CancellationToken cancellationToken);

    /// <summary>Gives it another name.</summary>
    Task RenameAsync(string reference, string name, CancellationToken cancellationToken);

    /// <summary>Changes limits and restart policy, at once where it runs. Returns warnings.</summary>
    Task<ImmutableArray<string>> UpdateAsync(string reference, ContainerUpdate update, CancellationToken cancellationToken);

    /// <summary>Resolves the container at once (so that an unknown one is refused before any answer), then waits for the condition.</summary>
    /// <returns>A task whose result is the wait itself: the outer one ends when the wait is armed, the inner one when the condition holds.</returns>
    Task<Task<ContainerExit>> WaitAsync(string reference, WaitCondition condition, CancellationToken cancellationToken);

    /// <summary>Removes it. <see cref="ErrorKind.Conflict"/> when it runs and no force is asked.</summary>
    Task RemoveAsync(string reference, RemoveOptions options, CancellationToken cancellationToken);

    /// <summary>Joins its input and output. For live output attach before the start. With <see cref="AttachOptions.Logs"/> what was already written comes first.</summary>
    Task<IAttachment> AttachAsync(string reference, AttachOptions options, CancellationToken cancellationToken);

    /// <summary>Sets the size of its terminal.</summary>
    Task ResizeAsync(string reference, TerminalSize size, CancellationToken cancellationToken);

    /// <summary>Processes inside, as <c>ps</c> prints them with the given arguments (default <c>-ef</c>).</summary>
    Task<ProcessTable> ProcessesAsync(string reference, string psArguments, CancellationToken cancellationToken);

    /// <summary>Adds a network to it; live at once where it runs.</summary>
    Task ConnectAsync(string reference, string network, Networks.EndpointSpec endpoint, CancellationToken cancellationToken);

    /// <summary>Takes a network from it; live at once where it runs. With force a container that is gone is forgotten by the network.</summary>
    Task DisconnectAsync(string reference, string network, bool force, CancellationToken cancellationToken);
}
