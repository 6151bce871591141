using Google.Protobuf;
using Naru.Core.Builds;
using Naru.Core.Hosts;
using Naru.Core.Images;
using Naru.Dialects.BuildKit.Builds;
using Naru.Dialects.BuildKit.Files;
using Naru.Dialects.BuildKit.Protocol;
using Naru.Dialects.BuildKit.Transport;

namespace Naru.Dialects.BuildKit.Control;

/// <summary>moby.buildkit.v1.frontend.LLBBridge, as buildx and compose use it: they run the build from their side.</summary>
internal sealed class BridgeService(SolveJobs jobs, Solver solver, IImages images, IRegistries registries, IHost host) : IGrpcService
{
    private const string Prefix = "/moby.buildkit.v1.frontend.LLBBridge/";
    private const int ReadLimit = 16 * 1024 * 1024;

    private static readonly string[] Capabilities =
    [
        "solve.base", "resolveimage", "resolveimage.resolvemode", "readfile", "return", "returnmap", "readdir", "statfile", "importcaches", "proto.refarray",
        "reference.output", "frontend.inputs", "gateway.solve.metadata", "frontend.caps", "gateway.evaluate.solve", "gateway.evaluate",
    ];

    private static readonly string[] GraphCapabilities = ["source.image", "source.local", "source.git", "source.http", "exec.meta.base", "file.base", "constraints", "platform", "meta.description"];

    public void Map(Dictionary<string, Func<GrpcCall, Task>> methods)
    {
        methods[Prefix + "Ping"] = PingAsync;
        methods[Prefix + "Solve"] = SolveAsync;
        methods[Prefix + "Return"] = ReturnAsync;
        methods[Prefix + "Evaluate"] = EvaluateAsync;
        methods[Prefix + "ResolveImageConfig"] = ResolveImageConfigAsync;
        methods[Prefix + "ReadFile"] = ReadFileAsync;
        methods[Prefix + "ReadDir"] = ReadDirAsync;
        methods[Prefix + "StatFile"] = StatFileAsync;
        methods[Prefix + "Inputs"] = call => call.WriteAsync(new Nothing());
        methods[Prefix + "Warn"] = call => call.WriteAsync(new Nothing());
    }

    private async Task PingAsync(GrpcCall call)
    {
        _ = await JobOf(call);
        var pong = new PongResponse { Workers = { ControlService.Worker(host) } };
        pong.FrontendCaps.AddRange(Capabilities.Select(c => new ApiCap { Id = c, Enabled = true }));
        pong.LlbCaps.AddRange(GraphCapabilities.Select(c => new ApiCap { Id = c, Enabled = true }));
        await call.WriteAsync(pong);
    }

    private async Task SolveAsync(GrpcCall call)
    {
        var job = await JobOf(call);
        var request = await call.ReadOneAsync(BridgeSolveRequest.Parser);
        var id = await solver.SolveAsync(job, request.Frontend, request.FrontendOpt, request.Definition, request.FrontendInputs, call.Aborted);
        var response = new BridgeSolveResponse();
        if (!request.AllowResultReturn)
        {
            response.Ref = id;
        }
        else
        {
            response.Result = request.AllowResultArrayRef
                ? new BridgeResult { Ref = new Ref { Id = id, Def = ResultDefinition.Make(id) } }
                : new BridgeResult { OldRef = id };
        }

        await call.WriteAsync(response);
    }

    private async Task ReturnAsync(GrpcCall call)
    {
        var job = await JobOf(call);
        job.Returned.TrySetResult(await call.ReadOneAsync(ReturnRequest.Parser));
        await call.WriteAsync(new Nothing());
    }

    /// <summary>Results are worked out before their reference is given away.</summary>
    private async Task EvaluateAsync(GrpcCall call)
    {
        var request = await call.ReadOneAsync(EvaluateRequest.Parser);
        _ = await ResultAsync(call, request.Ref);
        await call.WriteAsync(new Nothing());
    }

    private async Task ResolveImageConfigAsync(GrpcCall call)
    {
        var job = await JobOf(call);
        var request = await call.ReadOneAsync(ResolveImageConfigRequest.Parser);
        var name = ImageReference.Parse(request.Ref).WithDefaultTag();
        var platform = request.Platform is { Os.Length: > 0 } asked
            ? new Platform { Os = asked.Os, Architecture = asked.Architecture, Variant = asked.Variant.Length == 0 ? null : asked.Variant }
            : host.Read().Platform;
        var image = images.Find(request.Ref);
        if (image is null || request.ResolveMode == "pull" || !platform.Accepts(image.Platform))
        {
            var credentials = job.Session is null ? null : await job.Session.CredentialsAsync(name.Registry, call.Aborted);
            image = (await registries.PullAsync(name, platform, credentials, new Progress<ImageProgress>(), call.Aborted)).Image;
        }

        await call.WriteAsync(new ResolveImageConfigResponse
        {
            Digest = (image.Manifest ?? image.Id).Value,
            Config = ByteString.CopyFrom(image.ConfigBytes.Span),
            Ref = name.Canonical,
        });
    }

    private async Task ReadFileAsync(GrpcCall call)
    {
        var request = await call.ReadOneAsync(ReadFileRequest.Parser);
        await using var tree = await (await ResultAsync(call, request.Ref)).OpenTreeAsync(call.Aborted);
        await using var file = tree.OpenRead(request.FilePath);
        var (offset, length) = (request.Range?.Offset ?? 0, request.Range is { Length: > 0 } range ? range.Length : long.MaxValue);
        if (offset < 0 || Math.Min(length, file.Length - offset) > ReadLimit)
        {
            throw new GrpcException(GrpcCode.ResourceExhausted, $"{request.FilePath} is larger than {ReadLimit} bytes");
        }

        file.Seek(Math.Min(offset, file.Length), SeekOrigin.Begin);
        var bytes = new byte[Math.Max(0, Math.Min(length, file.Length - offset))];
        var count = await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, call.Aborted);
        await call.WriteAsync(new ReadFileResponse { Data = ByteString.CopyFrom(bytes, 0, count) });
    }

    private async Task ReadDirAsync(GrpcCall call)
    {
        var request = await call.ReadOneAsync(ReadDirRequest.Parser);
        await using var tree = await (await ResultAsync(call, request.Ref)).OpenTreeAsync(call.Aborted);
        var response = new ReadDirResponse();
        response.Entries.AddRange(tree.List(request.DirPath)
            .Select(e => FileStats.FromCore(e with { Path = e.Path[(e.Path.LastIndexOf('/') + 1)..] }))
            .Where(s => request.IncludePattern.Length == 0 || System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(request.IncludePattern, s.Path, ignoreCase: false)));
        await call.WriteAsync(response);
    }

    private async Task StatFileAsync(GrpcCall call)
    {
        var request = await call.ReadOneAsync(StatFileRequest.Parser);
        await using var tree = await (await ResultAsync(call, request.Ref)).OpenTreeAsync(call.Aborted);
        var entry = tree.Stat(request.Path) ?? throw new GrpcException(GrpcCode.NotFound, $"stat {request.Path}: no such file or directory");
        await call.WriteAsync(new StatFileResponse { Stat = FileStats.FromCore(entry with { Path = entry.Path[(entry.Path.LastIndexOf('/') + 1)..] }) });
    }

    private async Task<ISolvedBuild> ResultAsync(GrpcCall call, string id) =>
        (await JobOf(call)).Find(id) ?? throw new GrpcException(GrpcCode.NotFound, $"return reference \"{id}\" not found");

    private Task<SolveJob> JobOf(GrpcCall call)
    {
        var reference = call.Header("buildkit-controlapi-buildid");
        return reference.Length == 0 ? throw new GrpcException(GrpcCode.InvalidArgument, "no buildid found in context") : jobs.GetAsync(reference, call.Aborted);
    }
}
