using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Naru.Ingress.Proxying;
using Naru.Ingress.Routing;

namespace Naru.Ingress.Lean;

/// <summary>A client that Kestrel reads from and writes to.</summary>
internal sealed class KestrelClient(Exchange exchange, RoutePlan plan) : ILeanClient, IDisposable
{
    private readonly HttpResponse _response = exchange.Http.Response;
    private readonly HeadBytes _head = new();
    private CancellationTokenRegistration _watch;

    public bool WantsHeadOnly => HttpMethods.IsHead(exchange.Http.Request.Method);

    public bool IsGone => exchange.Http.RequestAborted.IsCancellationRequested;

    public ReadOnlyMemory<byte> WriteHead()
    {
        if (_head.IsEmpty)
        {
            var request = exchange.Http.Request;
            RequestHeadWriter.Write(_head, request.Method, exchange.Target, plan.Host ?? exchange.HostHeader, request.Headers);
        }

        return _head.Written;
    }

    public void Watch(LeanConnection connection) => _watch = exchange.Http.RequestAborted.UnsafeRegister(static state => ((LeanConnection)state!).Abort(), connection);

    public ValueTask UnwatchAsync() => _watch.DisposeAsync();

    public void Begin(int code) => _response.StatusCode = code;

    public void Add(ReadOnlySpan<byte> name, string? known, ReadOnlySpan<byte> value)
    {
        var key = known ?? Encoding.ASCII.GetString(name);
        var text = Encoding.Latin1.GetString(value);
        _response.Headers[key] = _response.Headers.TryGetValue(key, out var before) && before.Count > 0 ? StringValues.Concat(before, text) : text;
    }

    public void Drop(IReadOnlyCollection<string> names) => NamedFields.Drop(_response.Headers, names);

    public void Accept(ResponseHead head)
    {
        _response.ContentLength = head.ToldLength;
        exchange.EditAnswer(_response.Headers);
    }

    public async ValueTask StartAsync() => await _response.BodyWriter.FlushAsync(CancellationToken.None);

    public Memory<byte> GetMemory(int size) => _response.BodyWriter.GetMemory(size);

    public async ValueTask AdvanceAsync(int count)
    {
        _response.BodyWriter.Advance(count);
        var result = await _response.BodyWriter.FlushAsync(CancellationToken.None);
        if (result.IsCompleted)
        {
            throw new OperationCanceledException("the client is gone");
        }
    }

    public ValueTask EndAsync() => ValueTask.CompletedTask;

    public void Dispose() => _head.Dispose();
}
