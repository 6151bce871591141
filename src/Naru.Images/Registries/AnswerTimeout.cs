using Naru.Core.Errors;

namespace Naru.Images.Registries;

/// <summary>How long a registry, or the token server that it names, may stay silent.</summary>
internal sealed class AnswerTimeout(TimeSpan limit, TimeProvider time)
{
    /// <summary>Waits for the answer to a request.</summary>
    /// <exception cref="NaruException">Unavailable: it did not come in time.</exception>
    internal ValueTask<T> WaitAsync<T>(HttpRequestMessage request, Func<CancellationToken, Task<T>> answer, CancellationToken cancellationToken) => WaitAsync(
        limited => new ValueTask<T>(answer(limited)),
        seconds => new NaruException(ErrorKind.Unavailable, $"{request.Method} \"{request.RequestUri!.GetLeftPart(UriPartial.Path)}\": no answer in {seconds} s"),
        cancellationToken);

    /// <summary>Waits for the next piece of an answer's body. A read that took too long is cancelled and awaited, so that it cannot write into its buffer later.</summary>
    /// <exception cref="TimeoutException">It did not come in time.</exception>
    internal ValueTask<T> WaitForPieceAsync<T>(Func<CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken) =>
        WaitAsync(read, static seconds => new TimeoutException($"nothing came for {seconds} s"), cancellationToken);

    private async ValueTask<T> WaitAsync<T>(Func<CancellationToken, ValueTask<T>> work, Func<string, Exception> late, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        try
        {
            return await work(either.Token);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw late($"{limit.TotalSeconds:0.#}");
        }
    }
}
