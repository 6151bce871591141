using System.Collections.Immutable;
using Naru.Ingress.Proxying;

namespace Naru.Ingress.Backends;

/// <summary>Backends by weight.</summary>
internal sealed class BackendChoice
{
    private readonly ImmutableArray<WeighedBackend> _all;
    private readonly int _total;

    public BackendChoice(IEnumerable<WeighedBackend> backends)
    {
        _all = [.. backends.Where(static one => one.Weight > 0)];
        _total = _all.Sum(static one => one.Weight);
    }

    public BackendChoice(ServiceBackend backend)
        : this([new WeighedBackend(backend, 1)])
    {
    }

    public ImmutableArray<WeighedBackend> All => _all;

    /// <summary>One of them, each as often as its weight says; null if there is none.</summary>
    public WeighedBackend? Pick()
    {
        if (_all.Length <= 1)
        {
            return _all.Length == 0 ? null : _all[0];
        }

#pragma warning disable CA5394 // Which backend serves is no secret.
        var draw = Random.Shared.Next(_total);
#pragma warning restore CA5394
        foreach (var one in _all)
        {
            draw -= one.Weight;
            if (draw < 0)
            {
                return one;
            }
        }

        return _all[^1];
    }
}

/// <summary>A backend and its share. Without a backend the share is answered with an error: what was named cannot be used.</summary>
internal sealed record WeighedBackend(ServiceBackend? Backend, int Weight, HeaderEdits? RequestHeaders = null, HeaderEdits? ResponseHeaders = null);
