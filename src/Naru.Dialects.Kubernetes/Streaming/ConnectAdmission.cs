using Naru.Dialects.Kubernetes.Server;
using Naru.Objects.Admission;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Streaming;

/// <summary>Lets the rules that look at writes look at connections too.</summary>
internal sealed class ConnectAdmission(IEnumerable<IAdmission> rules)
{
    private readonly IAdmission[] _rules = [.. rules.OrderBy(static one => one.Order)];

    /// <summary>Refuses as the rules do; gives the options as they left them.</summary>
    public async Task<MapValue> CheckAsync(Exchange exchange, MapValue options)
    {
        var target = exchange.Target;
        var request = new AdmissionRequest
        {
            Operation = AdmissionOperation.Connect,
            Resource = exchange.Resource!,
            Subresource = target.Subresource,
            Namespace = target.Namespace,
            Name = target.Name,
            Object = options,
            User = exchange.User,
            Warnings = exchange.Warnings,
            AuditAnnotations = exchange.AuditAnnotations,
        };
        foreach (var rule in _rules.Where(one => one.Handles(request)))
        {
            await rule.MutateAsync(request, exchange.Cancellation);
        }

        foreach (var rule in _rules.Where(one => one.Handles(request)))
        {
            await rule.ValidateAsync(request, exchange.Cancellation);
        }

        return request.Object ?? options;
    }
}
