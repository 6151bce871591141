using System.Net;
using System.Runtime.CompilerServices;
using Naru.Core.Errors;
using Naru.Objects.Admission;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Controllers.Services;

/// <summary>
/// Gives services their addresses and node ports. It does so as the very last of the rules, while others only look: what it gives out is the cluster's own, no manager's field, and
/// only a service that every other rule let pass may take something away from others.
/// </summary>
internal sealed class ServiceAddressRule(ServiceAllocations allocations, ServiceRanges ranges, AddressObjects addressObjects, PortClaims? claims = null) : IAdmission
{
    private readonly ConditionalWeakTable<AdmissionRequest, List<string>> _taken = [];

    /// <inheritdoc/>
    public int Order => 950;

    /// <inheritdoc/>
    public bool Handles(AdmissionRequest request) =>
        request.Resource.Resource.GroupResource == UpkeepResources.Services
        && request.Subresource.Length == 0
        && request.Operation is AdmissionOperation.Create or AdmissionOperation.Update;

    /// <inheritdoc/>
    public ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.Object is not { } service || ServiceFacts.IsExternalName(service))
        {
            return;
        }

        var holder = new Holder(request.Namespace, request.Name, service.Text("metadata", "uid") ?? "");
        var taking = new ServiceTaking(allocations, ranges, holder, request.Old is null ? [] : ServiceFacts.HoldingsOf(request.Old));
        try
        {
            var errors = new FieldErrors();
            ServiceFamilies.Complete(service.MakeMap("spec"), OldSpec(request.Old), ranges.Families, errors);
            Check(request, errors);
            // Ports first: they are taken in memory alone, while an address is written down.
            await TakePortsAsync(service.MakeMap("spec"), taking, request, errors, cancellationToken);
            await TakeAddressesAsync(service, taking, request.DryRun, errors, cancellationToken);
            Check(request, errors);
        }
        catch
        {
            taking.GiveBack();
            throw;
        }

        _taken.AddOrUpdate(request, taking.Taken);
    }

    /// <inheritdoc/>
    public void Undo(AdmissionRequest request)
    {
        if (_taken.TryGetValue(request, out var taken) && _taken.Remove(request))
        {
            var holder = new Holder(request.Namespace, request.Name, request.Object?.Text("metadata", "uid") ?? "");
            foreach (var key in taken)
            {
                allocations.GiveBack(key, holder);
            }
        }
    }

    private static MapValue? OldSpec(MapValue? old) => old is null || ServiceFacts.IsExternalName(old) ? null : old.Map("spec");

    private static void Check(AdmissionRequest request, FieldErrors errors)
    {
        if (!errors.IsEmpty)
        {
            throw errors.ToFailure("", "Service", request.Name);
        }
    }

    private async Task TakePortsAsync(MapValue spec, ServiceTaking taking, AdmissionRequest request, FieldErrors errors, CancellationToken cancellationToken)
    {
        var wished = claims is null ? null : spec.CloneMap();
        while (true)
        {
            taking.TakePorts(spec, errors);
            Check(request, errors);
            if (claims is null || request.DryRun || await claims.FirstLostAsync([.. taking.Taken], taking.Holder, cancellationToken) is not { } lost)
            {
                return;
            }

            // Another server was quicker: what was wished is asked for once more, without it.
            taking.GiveBack();
            taking.Refuse(lost);
            spec["ports"] = wished!["ports"]?.Clone();
            spec["healthCheckNodePort"] = wished["healthCheckNodePort"];
        }
    }

    private async Task TakeAddressesAsync(MapValue service, ServiceTaking taking, bool dryRun, FieldErrors errors, CancellationToken cancellationToken)
    {
        var spec = service.Map("spec")!;
        if (ServiceFacts.IsHeadless(service))
        {
            return;
        }

        var given = ServiceFacts.AddressesOf(service);
        foreach (var address in given)
        {
            if (taking.IsOld(address))
            {
                continue;
            }

            var reason = WhyNot(address, taking) ?? await MakeObjectAsync(address, taking, dryRun, cancellationToken);
            if (reason is not null)
            {
                errors.Invalid("spec.clusterIPs", ServiceFamilies.ListOf(given), $"failed to allocate IP {address}: {reason}");
                return;
            }
        }

        foreach (var family in spec.List("ipFamilies")!.Texts().Skip(given.Count).ToList())
        {
            given.Add(await TakeAnyAsync(family, taking, dryRun, cancellationToken));
        }

        spec["clusterIP"] = given[0];
        spec["clusterIPs"] = ServiceFamilies.ListOf(given);
    }

    private string? WhyNot(string address, ServiceTaking taking)
    {
        if (!IPAddress.TryParse(address, out var parsed) || !ranges.Contains(parsed))
        {
            var valid = string.Join(", ", ranges.Own.Select(static one => one.Network.ToString()));
            return $"the provided IP ({address}) is not in the valid range. The range of valid IPs is {valid}";
        }

        return taking.TryTake(address) ? null : "provided IP is already allocated";
    }

    private async Task<string?> MakeObjectAsync(string address, ServiceTaking taking, bool dryRun, CancellationToken cancellationToken) =>
        dryRun || await addressObjects.TryMakeAsync(address, taking.Holder, cancellationToken) ? null : "provided IP is already allocated";

    private async Task<string> TakeAnyAsync(string family, ServiceTaking taking, bool dryRun, CancellationToken cancellationToken)
    {
        foreach (var candidate in ranges.Of(family).SelectMany(static range => range.Candidates(Random.Shared)))
        {
            var address = candidate.ToString();
            if (!taking.TryTake(address))
            {
                continue;
            }

            if (dryRun || await addressObjects.TryMakeAsync(address, taking.Holder, cancellationToken))
            {
                return address;
            }

            taking.GiveBack(address);
        }

        throw new NaruException(ErrorKind.Internal, "Internal error occurred: failed to allocate a serviceIP: range is full");
    }
}
