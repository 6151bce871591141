using System.Diagnostics;

namespace Naru.Testing.Running;

/// <summary>Waits for something outside of this process to become so; only for tests of real processes, which have no clock of ours.</summary>
public static class Eventually
{
    public static async Task BecomesAsync(Func<Task<bool>> condition, string what, TimeSpan? within = null)
    {
        var limit = within ?? TimeSpan.FromSeconds(60);
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > limit)
            {
                throw new TimeoutException($"within {limit.TotalSeconds} s it did not become so that {what}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }

    /// <summary>Waits until an answer is the wanted one; a failure names the last one.</summary>
    public static async Task SaysAsync(Func<Task<string>> ask, string wanted, string what, TimeSpan? within = null)
    {
        var last = "";
        try
        {
            await BecomesAsync(async () => (last = await ask()) == wanted, $"{what} says {wanted}", within);
        }
        catch (TimeoutException failure)
        {
            throw new TimeoutException($"{failure.Message}, but: {last}", failure);
        }
    }

    public static Task BecomesAsync(Func<bool> condition, string what, TimeSpan? within = null) =>
        BecomesAsync(() => Task.FromResult(condition()), what, within);
}
