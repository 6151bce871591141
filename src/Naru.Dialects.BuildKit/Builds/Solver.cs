using Naru.Core.Builds;
using Naru.Core.Hosts;
using Naru.Dialects.BuildKit.Control;
using Naru.Dialects.BuildKit.Protocol;
using Naru.Dialects.BuildKit.Transport;

namespace Naru.Dialects.BuildKit.Builds;

/// <summary>Solves what callers ask: a Dockerfile by the built-in frontend, or a result that is there already.</summary>
internal sealed class Solver(IBuilds builds, FrontendOptions options, SolveJobs jobs, IHost host)
{
    /// <summary>Solves and returns the id of the result within the job.</summary>
    public async Task<string> SolveAsync(
        SolveJob job, string frontend, IReadOnlyDictionary<string, string> words, Definition? definition, IReadOnlyDictionary<string, Definition> inputs,
        CancellationToken cancellationToken)
    {
        if (definition is { Def.Count: > 0 })
        {
            return ResultDefinition.Read(definition) is { } known && (job.Find(known) ?? jobs.FindResult(known)) is not null
                ? known : throw new GrpcException(GrpcCode.Unimplemented, "raw LLB definitions are not supported: build a Dockerfile");
        }

        if (frontend is not ("dockerfile.v0" or "gateway.v0"))
        {
            throw new GrpcException(GrpcCode.NotFound, $"invalid frontend: {frontend}");
        }

        if (words.TryGetValue("requestid", out var request) && request.Length > 0)
        {
            throw new GrpcException(GrpcCode.Unimplemented, $"unsupported request {request}");
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, job.Stopped);
        var build = await options.ReadAsync(job, words, inputs, host.Read().Platform, stop.Token);
        return job.Add(await builds.SolveAsync(build, job.Board, stop.Token));
    }
}
