using Naru.Objects.Admission;

namespace Naru.Cluster.Writing;

/// <summary>All admission rules, in order.</summary>
internal sealed class AdmissionChain(IEnumerable<IAdmission> rules)
{
    private readonly Lazy<IAdmission[]> _rules = new(() => [.. rules.OrderBy(static rule => rule.Order)]);

    /// <summary>Lets every rule change the object.</summary>
    public async ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        foreach (var rule in _rules.Value)
        {
            if (rule.Handles(request))
            {
                await rule.MutateAsync(request, cancellationToken);
            }
        }
    }

    /// <summary>Lets every rule refuse. When one does, those that took something give it back.</summary>
    public async ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var passed = 0;
        try
        {
            foreach (var rule in _rules.Value)
            {
                if (rule.Handles(request))
                {
                    await rule.ValidateAsync(request, cancellationToken);
                }

                passed++;
            }
        }
        catch
        {
            Undo(request, passed);
            throw;
        }
    }

    /// <summary>The write was not made: everything that was taken is given back.</summary>
    public void Undo(AdmissionRequest request) => Undo(request, _rules.Value.Length);

    private void Undo(AdmissionRequest request, int count)
    {
        foreach (var rule in _rules.Value.Take(count).Reverse())
        {
            if (rule.Handles(request))
            {
                rule.Undo(request);
            }
        }
    }
}
