using System.Text;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Objects.Values;

namespace Naru.Agent.Pods;

/// <summary>What failed containers of one pod say of their end where they left no message and their pod wants the end of their log instead.</summary>
internal sealed class LastWords(IContainerLogs logs)
{
    private const int MostLines = 80;
    private const int MostBytes = 2048;

    private readonly Dictionary<ContainerId, string> _said = [];

    /// <summary>Reads the logs of those that failed since.</summary>
    public async Task LearnAsync(PodSight sight, CancellationToken cancellationToken)
    {
        foreach (var container in sight.Containers.Where(one => one is { IsSandbox: false, HasEnded: true, Succeeded: false, Message: null } && !_said.ContainsKey(one.Id)))
        {
            if (sight.Pod.Member(container.Name)?.Spec.Text("terminationMessagePolicy") == "FallbackToLogsOnError")
            {
                _said[container.Id] = await ReadAsync(container, cancellationToken);
            }
        }

        foreach (var gone in _said.Keys.Where(id => !sight.Containers.Any(one => one.Id == id)).ToList())
        {
            _said.Remove(gone);
        }
    }

    /// <summary>The container with what it said.</summary>
    public PodContainer Add(PodContainer container) =>
        container.Message is null && _said.TryGetValue(container.Id, out var said) && said.Length > 0 ? container with { Message = said } : container;

    private async Task<string> ReadAsync(PodContainer container, CancellationToken cancellationToken)
    {
        try
        {
            await using var reader = await logs.OpenAsync(container.Engine, new LogQuery { Tail = MostLines }, cancellationToken);
            var (text, batch) = (new MemoryStream(), new List<LogPiece>());
            while (await reader.ReadAsync(batch, cancellationToken))
            {
                batch.ForEach(piece => text.Write(piece.Bytes.Span));
            }

            var end = text.GetBuffer().AsSpan(0, (int)text.Length);
            return Encoding.UTF8.GetString(end.Length > MostBytes ? end[^MostBytes..] : end);
        }
        catch (Exception failure) when (failure is NaruException or IOException)
        {
            // Its log is gone or was never kept.
            return "";
        }
    }
}
