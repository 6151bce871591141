using System.Net;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Services;

/// <summary>The IPAddress objects: one for each address that a service has. Of several servers on one store only one can make it, so no address is given out twice.</summary>
internal sealed class AddressObjects(Lazy<IObjects> objects)
{
    private static readonly WriteOptions Write = new() { FieldManager = "ipallocator.k8s.io" };

    /// <summary>Makes the object of an address for a service; false if it is another's.</summary>
    public async Task<bool> TryMakeAsync(string address, Holder holder, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            try
            {
                await objects.Value.CreateAsync(UpkeepResources.IPAddresses, Body(address, holder), Write, cancellationToken);
                return true;
            }
            catch (NaruException failure) when (failure.Kind == ErrorKind.AlreadyExists)
            {
                if (objects.Value.Get(UpkeepResources.IPAddresses, "", address) is not { } standing)
                {
                    continue;
                }

                if (IsOf(standing, holder.Namespace, holder.Name))
                {
                    return true;
                }

                if (ServiceOf(standing) is not null)
                {
                    return false;
                }

                await DeleteAsync(standing, cancellationToken);
            }
        }

        return false;
    }

    /// <summary>Deletes the object of an address, if it is still the same.</summary>
    public async Task DeleteAsync(StoredObject one, CancellationToken cancellationToken)
    {
        try
        {
            await objects.Value.DeleteAsync(UpkeepResources.IPAddresses, "", one.Name, new DeleteOptions { Uid = one.Uid }, cancellationToken);
        }
        catch (NaruException failure) when (failure.Kind is ErrorKind.NotFound or ErrorKind.Conflict)
        {
            // Gone already.
        }
    }

    /// <summary>The address is written down for this service.</summary>
    public static bool IsOf(StoredObject one, string @namespace, string name) =>
        one.Tree.Text("spec", "parentRef", "namespace") == @namespace && one.Tree.Text("spec", "parentRef", "name") == name && one.Tree.Text("spec", "parentRef", "resource") == "services";

    /// <summary>The service that an address is written down for, if it has it.</summary>
    public StoredObject? ServiceOf(StoredObject one)
    {
        var service = objects.Value.Get(UpkeepResources.Services, one.Tree.Text("spec", "parentRef", "namespace") ?? "", one.Tree.Text("spec", "parentRef", "name") ?? "");
        return service is not null && ServiceFacts.AddressesOf(service.Tree).Contains(one.Name) ? service : null;
    }

    private static MapValue Body(string address, Holder holder)
    {
        var body = UpkeepResources.Body("networking.k8s.io/v1", "IPAddress", "", address);
        body.MakeMap("metadata")["labels"] = new MapValue
        {
            ["ipaddress.kubernetes.io/ip-family"] = AddressRange.FamilyOf(IPAddress.Parse(address)),
            ["ipaddress.kubernetes.io/managed-by"] = "ipallocator.k8s.io",
        };
        body["spec"] = new MapValue
        {
            ["parentRef"] = new MapValue { ["group"] = "", ["resource"] = "services", ["namespace"] = holder.Namespace, ["name"] = holder.Name },
        };
        return body;
    }
}
