using Etcdserverpb;
using Grpc.Core;
using Grpc.Net.Client;
using Naru.Core.Errors;

namespace Naru.Store.Etcd.Connections;

/// <summary>The members of an etcd and who of them is asked; the login. A member that does not answer is left for the next one.</summary>
internal sealed class EtcdConnection : IDisposable
{
    private readonly EtcdStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly GrpcChannel[] _channels;
    private readonly SemaphoreSlim _login = new(1, 1);
    private volatile string? _token;
    private int _current;

    public EtcdConnection(EtcdStoreOptions options, TimeProvider time)
    {
        if (options.Endpoints.IsDefaultOrEmpty)
        {
            throw NaruException.Invalid("etcd has no endpoints");
        }

        (_options, _time) = (options, time);
        _channels = [.. options.Endpoints.Select(endpoint => EtcdTransport.Channel(endpoint, options))];
    }

    /// <summary>Makes one call, in the time that is allowed for it. A login that ran out is renewed: such a call was refused before it did anything.</summary>
    public async Task<T> CallAsync<T>(Func<CallInvoker, CallOptions, Task<T>> call, CancellationToken cancellationToken)
    {
        for (var again = false; ; again = true)
        {
            using var limit = new CancellationTokenSource(_options.RequestTimeout, _time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            var at = Volatile.Read(ref _current);
            try
            {
                return await call(_channels[at % _channels.Length].CreateCallInvoker(), new CallOptions(await HeadersAsync(both.Token), cancellationToken: both.Token));
            }
            catch (RpcException failure) when (!again && _options.User is not null && EtcdFailures.IsExpiredLogin(failure))
            {
                _token = null;
            }
            catch (RpcException failure)
            {
                throw Failed(failure, at);
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                LeaveMember(at);
                throw new NaruException(ErrorKind.Unavailable, $"etcd did not answer within {_options.RequestTimeout.TotalSeconds:0} seconds", e);
            }
        }
    }

    /// <summary>As <see cref="CallAsync{T}"/>, for calls that may be repeated.</summary>
    public Task<T> ReadAsync<T>(Func<CallInvoker, CallOptions, Task<T>> call, CancellationToken cancellationToken) =>
        RetryPolicy.RepeatAsync(() => CallAsync(call, cancellationToken), _time, cancellationToken);

    /// <summary>Starts a stream that lasts.</summary>
    public async Task<(AsyncDuplexStreamingCall<WatchRequest, WatchResponse> Call, int Member)> WatchAsync(CancellationToken cancellationToken)
    {
        var at = Volatile.Read(ref _current);
        try
        {
            var headers = await HeadersAsync(cancellationToken);
            headers.Add("hasleader", "true"); // a member that is cut off from the others ends its watches
            return (new Watch.WatchClient(_channels[at % _channels.Length]).Watch(new CallOptions(headers, cancellationToken: cancellationToken)), at);
        }
        catch (RpcException failure)
        {
            throw Failed(failure, at);
        }
    }

    /// <summary>The failure as ours; has the next call ask the next member if this one does not answer.</summary>
    public NaruException Failed(RpcException failure, int member)
    {
        if (EtcdFailures.IsExpiredLogin(failure))
        {
            _token = null;
        }

        var ours = EtcdFailures.From(failure, _options.Endpoints[member]);
        if (ours.Kind == ErrorKind.Unavailable)
        {
            LeaveMember(member);
        }

        return ours;
    }

    public void Dispose()
    {
        foreach (var channel in _channels)
        {
            channel.Dispose();
        }

        _login.Dispose();
    }

    private void LeaveMember(int member) => Interlocked.CompareExchange(ref _current, (member + 1) % _channels.Length, member);

    private async Task<Metadata> HeadersAsync(CancellationToken cancellationToken)
    {
        if (_options.User is null)
        {
            return [];
        }

        if (_token is not { } token)
        {
            await _login.WaitAsync(cancellationToken);
            try
            {
                token = _token ??= await LogInAsync(cancellationToken);
            }
            finally
            {
                _login.Release();
            }
        }

        return new Metadata { { "token", token } };
    }

    private async Task<string> LogInAsync(CancellationToken cancellationToken)
    {
        var auth = new Auth.AuthClient(_channels[Volatile.Read(ref _current) % _channels.Length]);
        var request = new AuthenticateRequest { Name = _options.User, Password = _options.Password ?? "" };
        return (await auth.AuthenticateAsync(request, new CallOptions(cancellationToken: cancellationToken))).Token;
    }
}
