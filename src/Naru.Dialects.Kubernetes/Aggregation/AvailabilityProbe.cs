using System.Collections.Immutable;
using Naru.Core.Errors;
using Naru.Dialects.Kubernetes.Forwarding;
using Naru.Dialects.Kubernetes.Server;
using Naru.Objects.Access;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Aggregation;

/// <summary>Asks the server of an APIService for the document of its version: whether it answers, and which resources it has.</summary>
internal sealed class AvailabilityProbe(AggregatedTargets targets, UpstreamForwarder forwarder, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>What a look found: the reason word and sentence of the condition, and the resources.</summary>
    public async Task<ProbeResult> LookAsync(ApiService service, CancellationToken cancellationToken)
    {
        Upstream upstream;
        try
        {
            upstream = targets.Find(service);
        }
        catch (StatusFailure failure)
        {
            return failure.Code == 404
                ? new ProbeResult(false, "ServiceNotFound", $"service/{service.ServiceName} in \"{service.ServiceNamespace}\" is not present", [])
                : new ProbeResult(false, "MissingEndpoints", $"endpoints for service/{service.ServiceName} in \"{service.ServiceNamespace}\" have no addresses with port name \"\"", []);
        }

        try
        {
            return await AskAsync(service, upstream, cancellationToken);
        }
        catch (Exception failure) when (failure is StatusFailure or NaruException or IOException or HttpRequestException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new ProbeResult(false, "FailedDiscoveryCheck", $"failing or missing response from {upstream.At($"/apis/{service.Group}/{service.Version}")}: {failure.Message}", []);
        }
    }

    private async Task<ProbeResult> AskAsync(ApiService service, Upstream upstream, CancellationToken cancellationToken)
    {
        var address = upstream.At($"/apis/{service.Group}/{service.Version}");
        using var limit = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        foreach (var (name, value) in AggregatedTargets.HeadersOf(UserInfo.System with { Name = "system:kube-aggregator" }))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await forwarder.SendAsync(upstream, request, both.Token);
        var code = (int)answer.StatusCode;
        if (code is < 200 or >= 300)
        {
            return new ProbeResult(false, "FailedDiscoveryCheck", $"failing or missing response from {address}: bad status from {address}: {code}", []);
        }

        var bytes = await answer.Content.ReadAsByteArrayAsync(both.Token);
        var resources = bytes.Length > 4 * 1024 * 1024 ? [] : RemoteGroups.ResourcesOf(JsonText.ParseMap(bytes), service.Group, service.Version);
        return new ProbeResult(true, "Passed", "all checks passed", resources);
    }
}

/// <summary>What a look at a server found.</summary>
internal sealed record ProbeResult(bool IsAvailable, string Reason, string Message, ImmutableArray<MapValue> Resources);
