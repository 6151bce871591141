using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Quantities;
using Naru.Objects.Quotas;
using Naru.Objects.Values;

namespace Naru.Admission.Quotas;

/// <summary>The quotas of one namespace. Claims that come together are decided together and share one write for each quota; a write that somebody else was quicker with is
/// decided anew.</summary>
internal sealed class QuotaLedger(string @namespace, IObjects objects, TimeProvider time) : IDisposable
{
    private const int Attempts = 10;
    private static readonly WriteOptions Writing = new() { Subresource = "status", FieldManager = "naru-quota" };

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private List<Waiting> _waiting = [];

    /// <summary>Takes what is wanted from all quotas that count it, or refuses. Dry runs are only checked.</summary>
    public async Task<Charge> TakeAsync(QuotaClaim claim, CancellationToken cancellationToken)
    {
        var mine = new Waiting(claim);
        lock (_gate)
        {
            _waiting.Add(mine);
        }

        try
        {
            await _turn.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await WithdrawAsync(mine);
            throw;
        }

        try
        {
            if (!mine.Answer.Task.IsCompleted)
            {
                await DecideAllAsync(CancellationToken.None);
            }
        }
        finally
        {
            _turn.Release();
        }

        return await mine.Answer.Task;
    }

    public void Dispose() => _turn.Dispose();

    // Whoever goes away while somebody else decides for them must not leave anything taken.
    private async Task WithdrawAsync(Waiting mine)
    {
        lock (_gate)
        {
            if (_waiting.Remove(mine))
            {
                return;
            }
        }

        try
        {
            foreach (var (quota, uid, quantities) in (await mine.Answer.Task).Quotas)
            {
                await GiveBackAsync(objects, @namespace, quota, uid, quantities, CancellationToken.None);
            }
        }
        catch (NaruException)
        {
            // Refused: nothing was taken.
        }
    }

    private async Task DecideAllAsync(CancellationToken cancellationToken)
    {
        List<Waiting> batch;
        lock (_gate)
        {
            (batch, _waiting) = (_waiting, []);
        }

        try
        {
            for (var attempt = 1; ; attempt++)
            {
                var left = await DecideAsync(batch, cancellationToken);
                if (left.Count == 0)
                {
                    return;
                }

                if (attempt == Attempts)
                {
                    var failure = NaruException.Conflict($"the quotas of namespace {@namespace} are written by too many at once; please try again");
                    left.ForEach(one => one.Answer.TrySetException(failure));
                    return;
                }

                batch = left;
            }
        }
        catch (Exception exception)
        {
            // Whoever waits must hear of it.
            batch.ForEach(one => one.Answer.TrySetException(exception));
        }
    }

    // 1. Decide each claim against what the ones before it left. 2. Write the quotas that changed. 3. Answer. Returns those that must be decided anew.
    private async Task<List<Waiting>> DecideAsync(List<Waiting> batch, CancellationToken cancellationToken)
    {
        var pages = objects.List(Known.ResourceQuotas, @namespace).Select(Open).ToList();
        var taken = new List<(Waiting Waiting, Charge Charge)>();
        foreach (var waiting in batch.Where(static one => !one.Answer.Task.IsCompleted))
        {
            try
            {
                taken.Add((waiting, Decide(waiting.Claim, pages)));
            }
            catch (NaruException refusal)
            {
                waiting.Answer.TrySetException(refusal);
            }
        }

        var written = new HashSet<string>(StringComparer.Ordinal);
        var lost = new HashSet<string>(StringComparer.Ordinal);
        foreach (var page in pages.Where(static page => page.Changed))
        {
            (await TryWriteAsync(page, cancellationToken) ? written : lost).Add(page.Quota.Name);
        }

        var again = new List<Waiting>();
        foreach (var (waiting, charge) in taken)
        {
            if (!charge.Quotas.Exists(one => lost.Contains(one.Quota)))
            {
                waiting.Answer.TrySetResult(charge);
                continue;
            }

            // What was written of it is taken back, and all of it decided anew.
            foreach (var (quota, uid, quantities) in charge.Quotas.Where(one => written.Contains(one.Quota)))
            {
                await GiveBackAsync(objects, @namespace, quota, uid, quantities, cancellationToken);
            }

            again.Add(waiting);
        }

        return again;
    }

    /// <summary>Lowers the used quantities of a quota, if it is still the same one.</summary>
    public static async Task GiveBackAsync(IObjects objects, string @namespace, string quota, string uid, Dictionary<string, Quantity> quantities, CancellationToken cancellationToken)
    {
        try
        {
            await objects.ChangeAsync(Known.ResourceQuotas, @namespace, quota, tree =>
            {
                if (tree.Text("metadata", "uid") != uid || tree.Map("status", "used") is not { } used)
                {
                    return false;
                }

                foreach (var (name, quantity) in quantities)
                {
                    if (Quantity.TryParse(used[name]?.ToString(), out var standing))
                    {
                        used[name] = Quantity.Max(standing - quantity, Quantity.Zero).ToString();
                    }
                }

                return true;
            }, Writing, cancellationToken);
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.NotFound)
        {
            // The quota went, and its count with it.
        }
    }

    private static string Show(IEnumerable<string> names, Dictionary<string, Quantity> quantities) => string.Join(",", names.Select(name => $"{name}={quantities.GetValueOrDefault(name)}"));

    private Page Open(StoredObject quota)
    {
        // A quota that is so new that nobody has counted for it yet is counted here.
        var hard = PodResources.Read(quota.Tree.Map("status", "hard"));
        var counted = hard.Count > 0 || quota.Tree.Map("status", "hard") is not null;
        if (!counted)
        {
            hard = PodResources.Read(quota.Tree.Map("spec", "hard"));
        }

        var used = counted
            ? PodResources.Read(quota.Tree.Map("status", "used"))
            : QuotaCount.Used(quota.Tree, resource => objects.List(resource, @namespace).Select(static one => one.Tree), time.GetUtcNow());
        return new Page(quota, hard, used);
    }

    private Charge Decide(QuotaClaim claim, List<Page> pages)
    {
        var charge = new Charge(@namespace, []);
        var concerned = pages.Where(page => QuotaScopes.Matches(page.Quota.Tree, claim.Resource, claim.Request.Object!)).ToList();
        foreach (var page in concerned)
        {
            var names = claim.Delta.Keys.Where(page.Hard.ContainsKey).Order(StringComparer.Ordinal).ToList();
            var over = names.Where(name => claim.Delta[name].Sign > 0 && page.Used.GetValueOrDefault(name) + claim.Delta[name] > page.Hard[name]).ToList();
            if (over.Count > 0)
            {
                throw claim.Request.Forbidden($"exceeded quota: {page.Quota.Name}, requested: {Show(over, claim.Delta)}, used: {Show(over, page.Used)}, limited: {Show(over, page.Hard)}");
            }

            if (names.Count > 0)
            {
                charge.Quotas.Add((page.Quota.Name, page.Quota.Uid, names.ToDictionary(static name => name, name => claim.Delta[name])));
            }
        }

        if (claim.Request.DryRun)
        {
            return charge with { Quotas = [] };
        }

        foreach (var (name, _, quantities) in charge.Quotas)
        {
            pages.Find(page => page.Quota.Name == name)!.Add(quantities);
        }

        return charge;
    }

    private async Task<bool> TryWriteAsync(Page page, CancellationToken cancellationToken)
    {
        var tree = page.Quota.Tree.CloneMap();
        var status = tree.MakeMap("status");
        status["hard"] = QuotaCount.Write(page.Hard);
        status["used"] = QuotaCount.Write(page.Used);
        try
        {
            await objects.UpdateAsync(Known.ResourceQuotas, tree, Writing, cancellationToken);
            return true;
        }
        catch (NaruException failure) when (failure.Kind is ErrorKind.Conflict or ErrorKind.NotFound)
        {
            return false;
        }
    }

    private sealed class Waiting(QuotaClaim claim)
    {
        public QuotaClaim Claim => claim;

        public TaskCompletionSource<Charge> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Page(StoredObject quota, Dictionary<string, Quantity> hard, Dictionary<string, Quantity> used)
    {
        public StoredObject Quota => quota;

        public Dictionary<string, Quantity> Hard => hard;

        public Dictionary<string, Quantity> Used => used;

        public bool Changed { get; private set; }

        public void Add(Dictionary<string, Quantity> quantities)
        {
            foreach (var (name, quantity) in quantities)
            {
                used[name] = used.GetValueOrDefault(name) + quantity;
            }

            Changed = true;
        }
    }
}
