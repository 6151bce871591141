using Naru.Core.Containers;
using Naru.Core.Errors;

namespace Naru.Dialects.Docker.Tests.Fakes;

internal sealed class FakeExecs(FakeContainers containers) : IExecs
{
    private readonly Dictionary<string, ExecSession> _sessions = [];

    public FakeAttachment? NextAttachment { get; set; }

    public ExecStartOptions? Started { get; private set; }

    public Task<ExecSession> CreateAsync(string container, ExecSpec spec, CancellationToken cancellationToken)
    {
        var found = containers.Get(container);
        if (!found.IsLive)
        {
            throw NaruException.Conflict($"container {found.Id} is not running");
        }
        var session = new ExecSession { Id = ContainerId.New().Value, Container = found.Id, Spec = spec };
        _sessions[session.Id] = session;
        return Task.FromResult(session);
    }

    public ExecSession Get(string id) => _sessions.TryGetValue(id, out var session) ? session : throw NaruException.NotFound($"No such exec instance: {id}");

    public Task<IAttachment?> StartAsync(string id, ExecStartOptions options, CancellationToken cancellationToken)
    {
        Started = options;
        _sessions[id] = _sessions[id] with { Running = true, Pid = 77 };
        return Task.FromResult<IAttachment?>(options.Detach ? null : NextAttachment);
    }

    public Task ResizeAsync(string id, TerminalSize size, CancellationToken cancellationToken) => Task.CompletedTask;
}
