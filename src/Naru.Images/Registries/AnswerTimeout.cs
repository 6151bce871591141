using Naru.Core.Errors;

namespace Naru.Images.Registries;

/// <summary>How long a registry, or the token server that it names, may take for one answer.</summary>
internal sealed class AnswerTimeout(TimeSpan limit, TimeProvider time)
{
    internal TimeSpan Limit => limit;

    /// <summary>Waits for the answer to a request.</summary>
    /// <exception cref="NaruException">Unavailable: it did not come in time.</exception>
    internal async Task<T> WaitAsync<T>(HttpRequestMessage request, Func<CancellationToken, Task<T>> answer, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await answer(either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new NaruException(ErrorKind.Unavailable, $"{request.Method} \"{request.RequestUri!.GetLeftPart(UriPartial.Path)}\": no answer in {limit.TotalSeconds:0.#} s");
        }
    }
}
