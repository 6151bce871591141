using System.Collections.Immutable;
using Naru.Core.Containers;
using Naru.Core.Networks;

namespace Naru.Containers.Tests.Logs;

/// <summary>One container that ends when the test says so; nothing else is answered.</summary>
internal sealed class EndingContainers(Func<Container?> current) : IContainers
{
    internal TaskCompletionSource<ContainerExit> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal List<(string Reference, RemoveOptions Options)> Removed { get; } = [];

    public ImmutableArray<Container> List() => current() is { } container ? [container] : [];

    public Container Get(string reference) => current()!;

    public Container? Find(string reference) => current();

    public Task<Task<ContainerExit>> WaitAsync(string reference, WaitCondition condition, CancellationToken cancellationToken) => Task.FromResult(Ended.Task);

    public Task RemoveAsync(string reference, RemoveOptions options, CancellationToken cancellationToken)
    {
        Removed.Add((reference, options));
        return Task.CompletedTask;
    }

    public Task<ContainerCreated> CreateAsync(ContainerSpec spec, string? name, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task StartAsync(string reference, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task StopAsync(string reference, StopOptions options, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task RestartAsync(string reference, StopOptions options, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task KillAsync(string reference, string signal, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task PauseAsync(string reference, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task UnpauseAsync(string reference, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task RenameAsync(string reference, string name, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ImmutableArray<string>> UpdateAsync(string reference, ContainerUpdate update, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IAttachment> AttachAsync(string reference, AttachOptions options, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task ResizeAsync(string reference, TerminalSize size, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ProcessTable> ProcessesAsync(string reference, string psArguments, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task ConnectAsync(string reference, string network, EndpointSpec endpoint, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task DisconnectAsync(string reference, string network, bool force, CancellationToken cancellationToken) => throw new NotSupportedException();
}
