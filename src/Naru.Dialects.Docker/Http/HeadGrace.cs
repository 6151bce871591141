namespace Naru.Dialects.Docker.Http;

/// <summary>
/// Time for a client to take the head of a hijacked answer before bytes follow it. docker-py reads the head through a buffer and the
/// stream past it: what arrives together with the head is lost to it. Go's clients keep what they have read, so they never wait.
/// </summary>
internal sealed class HeadGrace
{
    private static readonly TimeSpan Length = TimeSpan.FromMilliseconds(50);

    private readonly TimeProvider _time;
    private readonly long _sent;
    private bool _over;

    private HeadGrace(bool needed, TimeProvider time)
    {
        _over = !needed;
        _time = time;
        _sent = time.GetTimestamp();
    }

    /// <summary>Begins now: the head has just been sent.</summary>
    public static HeadGrace From(DockerCall call, TimeProvider time)
    {
        var agent = call.Header("User-Agent") ?? "";
        var keeps = agent.StartsWith("Docker-Client/", StringComparison.Ordinal) || agent.Contains("Go-http-client/", StringComparison.Ordinal);
        return new HeadGrace(!keeps, time);
    }

    /// <summary>Waits for what is left of it; at once when it is over.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        if (_over)
        {
            return;
        }
        var left = Length - _time.GetElapsedTime(_sent);
        if (left > TimeSpan.Zero)
        {
            await Task.Delay(left, _time, cancellationToken);
        }
        _over = true;
    }
}
