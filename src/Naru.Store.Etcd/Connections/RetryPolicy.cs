using Naru.Core.Errors;

namespace Naru.Store.Etcd.Connections;

/// <summary>What is tried again, and when: the one place that says it. Reads, leases kept alive and watches are, and the first contact; a commit never is, since it may have
/// been made although no answer came. Each new try asks the next member.</summary>
internal static class RetryPolicy
{
    private const int Tries = 4;
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    /// <summary>How long to wait before try number <paramref name="attempt"/> (from 1).</summary>
    public static TimeSpan Pause(int attempt) => TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << Math.Min(attempt - 1, 10)));

    /// <summary>Runs a call that may be repeated without harm.</summary>
    public static Task<T> RepeatAsync<T>(Func<Task<T>> call, TimeProvider time, CancellationToken cancellationToken) =>
        RepeatAsync(call, static (attempt, _) => attempt < Tries, time, cancellationToken);

    /// <summary>Runs a call that may be repeated without harm, as long as <paramref name="again"/> wants it after try number so and so did not get an answer.</summary>
    public static async Task<T> RepeatAsync<T>(Func<Task<T>> call, Func<int, NaruException, bool> again, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (NaruException failure) when (failure.Kind == ErrorKind.Unavailable && again(attempt, failure))
            {
                await Task.Delay(Pause(attempt), time, cancellationToken);
            }
        }
    }
}
