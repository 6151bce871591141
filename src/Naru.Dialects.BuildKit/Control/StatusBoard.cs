using System.Collections.Immutable;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Naru.Core.Builds;
using Naru.Core.Containers;
using Naru.Core.Images;
using Naru.Dialects.BuildKit.Protocol;

namespace Naru.Dialects.BuildKit.Control;

/// <summary>What a build has told so far, for every caller of Status: from the beginning, then live, until the build ends.</summary>
internal sealed class StatusBoard(TimeProvider time) : IBuildProgress
{
    /// <summary>News kept for callers that come late; then the oldest output goes.</summary>
    private const int Limit = 200_000;
    private readonly Lock _lock = new();
    private readonly List<StatusResponse> _news = [];
    private readonly Dictionary<string, Vertex> _vertexes = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Vertex, string Id), Timestamp> _begun = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _ended;

    public void Planned(ImmutableArray<BuildStep> steps)
    {
        // A vertex is told when it begins: the clients show what they know of in order.
    }

    public void Started(BuildStep step)
    {
        var vertex = new Vertex { Digest = step.Id.Value, Name = step.Name, Started = Now() };
        vertex.Inputs.AddRange(step.Inputs.Select(i => i.Value));
        Tell(vertex);
    }

    public void Running(BuildStep step, ContainerId container)
    {
        // BuildKit's clients know no containers.
    }

    public void Output(BuildStep step, OutputStream stream, ReadOnlySpan<byte> bytes) => Add(new StatusResponse
    {
        Logs = { new VertexLog { Vertex = step.Id.Value, Stream = (long)stream, Timestamp = Now(), Msg = ByteString.CopyFrom(bytes) } },
    });

    public void Progress(BuildStep step, ImageProgress news)
    {
        var id = news.Id.Length == 0 ? news.Status : news.Id;
        var now = Now();
        Timestamp started;
        lock (_lock)
        {
            if (!_begun.TryGetValue((step.Id.Value, id), out started!))
            {
                _begun[(step.Id.Value, id)] = started = now;
            }
        }

        var done = news.Status.Contains("complete", StringComparison.OrdinalIgnoreCase) || news.Status.StartsWith("Already", StringComparison.Ordinal);
        Add(new StatusResponse
        {
            Statuses =
            {
                new VertexStatus
                {
                    Id = id, Vertex = step.Id.Value, Name = news.Status, Current = news.Current ?? 0, Total = news.Total ?? 0,
                    Timestamp = now, Started = started, Completed = done ? now : null,
                },
            },
        });
    }

    public void Completed(BuildStep step, BuildStepOutcome outcome)
    {
        Vertex vertex;
        lock (_lock)
        {
            vertex = _vertexes.TryGetValue(step.Id.Value, out var known) ? known.Clone() : new Vertex { Digest = step.Id.Value, Name = step.Name, Started = Now() };
        }

        vertex.Completed = Now();
        vertex.Cached = outcome.Cached;
        vertex.Error = outcome.Error ?? "";
        Tell(vertex);
    }

    public void Warn(BuildWarning warning)
    {
        var wire = new VertexWarning { Level = 1, Short = ByteString.CopyFromUtf8(warning.Rule.Length > 0 ? $"{warning.Rule}: {warning.Message} (line {warning.Line})" : warning.Message) };
        if (warning.Detail.Length > 0)
        {
            wire.Detail.Add(ByteString.CopyFromUtf8(warning.Detail));
        }

        if (warning.Line > 0)
        {
            wire.Ranges.Add(new LineRange { Start = new Position { Line = warning.Line }, End = new Position { Line = warning.Line } });
        }

        lock (_lock)
        {
            wire.Vertex = _vertexes.Keys.FirstOrDefault() ?? "";
        }

        Add(new StatusResponse { Warnings = { wire } });
    }

    /// <summary>No more news.</summary>
    public void End()
    {
        lock (_lock)
        {
            _ended = true;
            _changed.TrySetResult();
        }
    }

    /// <summary>All news from the first on, several together, until the end.</summary>
    public async IAsyncEnumerable<StatusResponse> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var next = 0;
        while (true)
        {
            StatusResponse? together = null;
            Task? wait = null;
            lock (_lock)
            {
                for (var taken = 0; next < _news.Count && taken < 256; taken++)
                {
                    together ??= new StatusResponse();
                    together.MergeFrom(_news[next++]);
                }

                if (together is null)
                {
                    if (_ended)
                    {
                        yield break;
                    }

                    wait = _changed.Task;
                }
            }

            if (together is not null)
            {
                yield return together;
            }
            else
            {
                await wait!.WaitAsync(cancellationToken);
            }
        }
    }

    private void Tell(Vertex vertex)
    {
        lock (_lock)
        {
            _vertexes[vertex.Digest] = vertex;
        }

        Add(new StatusResponse { Vertexes = { vertex.Clone() } });
    }

    private void Add(StatusResponse news)
    {
        lock (_lock)
        {
            if (_news.Count >= Limit)
            {
                // Numbers must stay: what is forgotten becomes empty.
                _news[_news.Count - Limit] = new StatusResponse();
            }

            _news.Add(news);
            var changed = _changed;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            changed.TrySetResult();
        }
    }

    private Timestamp Now() => Timestamp.FromDateTimeOffset(time.GetUtcNow());
}
