using Naru.Objects.Admission;
using Naru.Objects.Api;
using Naru.Objects.Quotas;
using Naru.Objects.Values;

namespace Naru.Admission.Quotas;

/// <summary>Where a quota limits CPU or memory, each container must say how much it wants.</summary>
internal static class ComputeDemands
{
    private static readonly (string Name, string Field, string Resource)[] Demands =
    [
        ("cpu", "requests", "cpu"), ("limits.cpu", "limits", "cpu"), ("limits.memory", "limits", "memory"),
        ("memory", "requests", "memory"), ("requests.cpu", "requests", "cpu"), ("requests.memory", "requests", "memory"),
    ];

    public static void Check(AdmissionRequest request, IReadOnlyList<StoredObject> quotas)
    {
        var pod = request.Object!;
        foreach (var quota in quotas)
        {
            var missing = new List<string>();
            foreach (var (name, field, resource) in Demands)
            {
                if (quota.Tree.At("spec", "hard", name) is null || pod.At("spec", "resources", field, resource) is not null)
                {
                    continue;
                }

                var silent = PodResources.Containers(pod).Where(container => container.At("resources", field, resource) is null).Select(static container => container.Text("name")).ToList();
                if (silent.Count > 0)
                {
                    missing.Add($"{name} for: {string.Join(",", silent.Order(StringComparer.Ordinal))}");
                }
            }

            if (missing.Count > 0)
            {
                throw request.Forbidden($"failed quota: {quota.Name}: must specify {string.Join("; ", missing)}");
            }
        }
    }
}
