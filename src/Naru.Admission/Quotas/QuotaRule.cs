using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Naru.Objects.Admission;
using Naru.Objects.Api;
using Naru.Objects.Quantities;
using Naru.Objects.Quotas;
using Naru.Objects.Values;

namespace Naru.Admission.Quotas;

/// <summary>Takes what a write uses up from the quotas of its namespace before it is made, and gives it back when it is not made after all.</summary>
internal sealed class QuotaRule(Lazy<IObjects> objects, QuotaReturns returns, TimeProvider time) : AdmissionRule, IDisposable
{
    private readonly ConcurrentDictionary<string, QuotaLedger> _ledgers = new(StringComparer.Ordinal);
    private readonly ConditionalWeakTable<AdmissionRequest, Charge> _taken = [];

    public override int Order => 900;

    public override bool Handles(AdmissionRequest request)
    {
        if (request.Namespace.Length == 0 || !request.Resource.Namespaced)
        {
            return false;
        }

        var resource = request.Resource.Resource.GroupResource;
        return request.Operation switch
        {
            AdmissionOperation.Create => request.Subresource.Length == 0 && request.Resource.Resource.Group != "authorization.k8s.io",
            AdmissionOperation.Update => request.Subresource.Length == 0 ? resource == Known.Services || resource == Known.Claims : resource == Known.Pods && request.Subresource == "resize",
            _ => false,
        };
    }

    public override async ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var resource = request.Resource.Resource.GroupResource;
        var quotas = objects.Value.List(Known.ResourceQuotas, request.Namespace);
        var concerned = quotas.Where(quota => QuotaScopes.Matches(quota.Tree, resource, request.Object!)).ToList();
        if (concerned.Count == 0)
        {
            return;
        }

        var now = time.GetUtcNow();
        var delta = QuotaUsage.Of(resource, request.Object!, now);
        if (resource == Known.Pods)
        {
            ComputeDemands.Check(request, concerned);
        }

        if (request.Operation == AdmissionOperation.Update)
        {
            foreach (var (name, before) in QuotaUsage.Of(resource, request.Old!, now))
            {
                delta[name] = delta.GetValueOrDefault(name) - before;
            }
        }

        foreach (var name in delta.Where(static one => one.Value.IsZero).Select(static one => one.Key).ToList())
        {
            delta.Remove(name);
        }

        if (concerned.Exists(quota => delta.Keys.Any(name => quota.Tree.At("spec", "hard", name) is not null)))
        {
            var ledger = _ledgers.GetOrAdd(request.Namespace, place => new QuotaLedger(place, objects.Value, time));
            var charge = await ledger.TakeAsync(new QuotaClaim(request, resource, delta), cancellationToken);
            if (charge.Quotas.Count > 0)
            {
                _taken.AddOrUpdate(request, charge);
            }
        }
    }

    public override void Undo(AdmissionRequest request)
    {
        if (_taken.TryGetValue(request, out var charge) && _taken.Remove(request))
        {
            returns.Add(charge);
        }
    }

    public void Dispose()
    {
        foreach (var ledger in _ledgers.Values)
        {
            ledger.Dispose();
        }
    }
}

/// <summary>A write that wants to use something up.</summary>
internal sealed record QuotaClaim(AdmissionRequest Request, Objects.Resources.GroupResource Resource, Dictionary<string, Quantity> Delta);

/// <summary>What was taken, from which quotas.</summary>
internal sealed record Charge(string Namespace, List<(string Quota, string Uid, Dictionary<string, Quantity> Taken)> Quotas);
