using Google.Protobuf.WellKnownTypes;
using Naru.Core.Builds;
using Naru.Core.Hosts;
using Naru.Core.Units;
using Naru.Dialects.BuildKit.Builds;
using Naru.Dialects.BuildKit.Protocol;
using Naru.Dialects.BuildKit.Sessions;
using Naru.Dialects.BuildKit.Transport;

namespace Naru.Dialects.BuildKit.Control;

/// <summary>moby.buildkit.v1.Control.</summary>
internal sealed class ControlService(
    SolveJobs jobs, SessionRegistry sessions, Solver solver, Exports exports, IBuilds builds, IHost host, TimeProvider time) : IGrpcService
{
    private const string Prefix = "/moby.buildkit.v1.Control/";

    public void Map(Dictionary<string, Func<GrpcCall, Task>> methods)
    {
        methods[Prefix + "Solve"] = SolveAsync;
        methods[Prefix + "Status"] = StatusAsync;
        methods[Prefix + "ListWorkers"] = ListWorkersAsync;
        methods[Prefix + "Info"] = InfoAsync;
        methods[Prefix + "DiskUsage"] = DiskUsageAsync;
        methods[Prefix + "Prune"] = PruneAsync;
        methods[Prefix + "ListenBuildHistory"] = ListenHistoryAsync;
        methods[Prefix + "UpdateBuildHistory"] = call => call.WriteAsync(new Nothing());
        methods["/opentelemetry.proto.collector.trace.v1.TraceService/Export"] = call => call.WriteAsync(new Nothing());
    }

    /// <summary>What this worker is.</summary>
    public static WorkerRecord Worker(IHost host)
    {
        var facts = host.Read();
        return new WorkerRecord
        {
            Id = facts.InstanceId,
            Labels = { ["org.mobyproject.buildkit.worker.executor"] = "containerd", ["org.mobyproject.buildkit.worker.hostname"] = facts.Name, ["org.mobyproject.buildkit.worker.snapshotter"] = "overlayfs" },
            Platforms = { new PlatformRecord { Os = facts.Platform.Os, Architecture = facts.Platform.Architecture, Variant = facts.Platform.Variant ?? "" } },
            BuildkitVersion = Version(host),
        };
    }

    private static BuildkitVersion Version(IHost host) =>
        new() { Package = "github.com/moby/buildkit", Version = "v0.13.2+naru." + host.Read().Version, Revision = host.Read().Commit };

    private async Task SolveAsync(GrpcCall call)
    {
        var request = await call.ReadOneAsync(ControlSolveRequest.Parser);
        if (request.Ref.Length == 0)
        {
            throw new GrpcException(GrpcCode.InvalidArgument, "the build has no reference");
        }

        using var stopped = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted);
        var session = request.Session.Length == 0 ? null : await sessions.GetAsync(request.Session, call.Aborted);
        await using var gone = session?.Closed.Register(static s => ((CancellationTokenSource)s!).Cancel(), stopped) ?? default;
        await using var job = new SolveJob { Reference = request.Ref, Session = session, Board = new StatusBoard(time), Stopped = stopped.Token };
        jobs.Add(job);
        try
        {
            var answer = await RunAsync(job, request, stopped.Token);
            await call.WriteAsync(answer);
        }
        finally
        {
            await stopped.CancelAsync();
            job.Board.End();
            jobs.Remove(job);
        }
    }

    private async Task<ControlSolveResponse> RunAsync(SolveJob job, ControlSolveRequest request, CancellationToken cancellationToken)
    {
        string? id;
        if (request.Frontend.Length == 0 && request.Definition is not { Def.Count: > 0 })
        {
            // The caller is its own frontend: it solves over LLBBridge and returns what it wants exported.
            id = ResultOf(await job.Returned.Task.WaitAsync(cancellationToken));
        }
        else
        {
            id = await solver.SolveAsync(job, request.Frontend, request.FrontendAttrs, request.Definition, request.FrontendInputs, cancellationToken);
        }

        var response = new ControlSolveResponse();
        if (id is not null && (job.Find(id) ?? jobs.FindResult(id)) is { } result)
        {
            IReadOnlyList<ExporterRequest> exporters = request.Exporters.Count > 0 ? request.Exporters : [Old(request)];
            foreach (var (key, value) in await exports.ExportAsync(job, result, exporters, cancellationToken))
            {
                response.ExporterResponse[key] = value;
            }
        }

        return response;
    }

    private static ExporterRequest Old(ControlSolveRequest request)
    {
        var exporter = new ExporterRequest { Type = request.Exporter };
        exporter.Attrs.Add(request.ExporterAttrs);
        return exporter;
    }

    /// <summary>Null: nothing was returned to export.</summary>
    private static string? ResultOf(ReturnRequest returned)
    {
        if (returned.Error is { Code: not 0 } error)
        {
            throw new GrpcException((GrpcCode)error.Code, error.Message);
        }

        return returned.Result?.ResultCase switch
        {
            BridgeResult.ResultOneofCase.OldRef => returned.Result.OldRef,
            BridgeResult.ResultOneofCase.Ref => returned.Result.Ref.Id,
            BridgeResult.ResultOneofCase.OldRefs => returned.Result.OldRefs.Refs.Values.FirstOrDefault(),
            BridgeResult.ResultOneofCase.Refs => returned.Result.Refs.Refs.Values.FirstOrDefault()?.Id,
            _ => null,
        };
    }

    private async Task StatusAsync(GrpcCall call)
    {
        var request = await call.ReadOneAsync(StatusRequest.Parser);
        var board = await jobs.GetBoardAsync(request.Ref, call.Aborted);
        await foreach (var news in board.ReadAsync(call.Aborted))
        {
            await call.WriteAsync(news);
        }
    }

    private Task ListWorkersAsync(GrpcCall call) => call.WriteAsync(new ListWorkersResponse { Record = { Worker(host) } });

    private Task InfoAsync(GrpcCall call) => call.WriteAsync(new InfoResponse { BuildkitVersion = Version(host) });

    private async Task DiskUsageAsync(GrpcCall call)
    {
        var request = await call.ReadOneAsync(DiskUsageRequest.Parser);
        var response = new DiskUsageResponse();
        response.Record.AddRange(builds.Cache().Where(r => UsageFilter.Allows(request.Filter, r)).Select(Show));
        await call.WriteAsync(response);
    }

    private async Task PruneAsync(GrpcCall call)
    {
        var request = await call.ReadOneAsync(PruneRequest.Parser);
        var before = time.GetUtcNow() - TimeSpan.FromTicks(request.KeepDuration / 100);
        var keep = request.ReservedSpace > 0 ? request.ReservedSpace : request.MaxUsedSpace;
        var pruned = await builds.PruneAsync(
            new BuildPrune(request.All, new ByteSize(keep), r => UsageFilter.Allows(request.Filter, r) && (request.KeepDuration <= 0 || (r.LastUsed ?? r.Created) < before)),
            call.Aborted);
        foreach (var record in pruned.Records)
        {
            await call.WriteAsync(Show(record));
        }
    }

    /// <summary>Builds are not recorded: an empty history, that ends at once or stays silent as was asked.</summary>
    private static async Task ListenHistoryAsync(GrpcCall call)
    {
        var request = await call.ReadOneAsync(HistoryRequest.Parser);
        await call.StartAsync();
        if (!request.EarlyExit)
        {
            var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registration = call.Aborted.Register(static t => ((TaskCompletionSource)t!).TrySetResult(), ended);
            await ended.Task;
        }
    }

    private static UsageRecord Show(BuildCacheRecord record)
    {
        var wire = new UsageRecord
        {
            Id = record.Id,
            Mutable = record.Type != "regular",
            InUse = record.InUse,
            Size = record.Size,
            CreatedAt = Timestamp.FromDateTimeOffset(record.Created),
            LastUsedAt = record.LastUsed is { } used ? Timestamp.FromDateTimeOffset(used) : null,
            UsageCount = record.UsageCount,
            Description = record.Description,
            RecordType = record.Type,
            Shared = record.Shared,
        };
        wire.Parents.AddRange(record.Parents);
        return wire;
    }
}
