using System.Buffers;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Naru.Ingress.Backends;
using Naru.Ingress.Listening;
using Naru.Ingress.Proxying;
using Naru.Ingress.Routing;
using Endpoint = Naru.Ingress.Backends.Endpoint;

namespace Naru.Ingress.Lean;

/// <summary>
/// The short way for most requests: no body, HTTP/1.1 to the endpoint, no upgrade. The head is written from the server's headers to the socket, and the answer read into the server's
/// headers and body, without the request and response objects of a client between. Everything else goes by YARP's forwarder.
/// </summary>
internal sealed class LeanForwarding(ConnectionPool pool, SocketLoops loops, TimeProvider time)
{
    /// <summary>Whether a request can go this way.</summary>
    public static bool CanCarry(Exchange exchange, RoutePlan plan, BackendProtocol protocol)
    {
        var request = exchange.Http.Request;
        return protocol == BackendProtocol.Http
            && plan.Limits.Request is null
            && plan.Limits.Backend is null
            && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method) || HttpMethods.IsDelete(request.Method))
            && request.Headers.Upgrade.Count == 0
            && exchange.Http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false };
    }

    public async ValueTask<LeanOutcome> SendAsync(Exchange exchange, RoutePlan plan, Endpoint endpoint)
    {
        while (true)
        {
            var loop = loops.Here;
            var connection = pool.Take(endpoint, loop);
            try
            {
                connection ??= await LeanConnection.OpenAsync(endpoint.Address, loop, plan.Limits.Connect, time);
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException)
            {
                pool.Clear(endpoint);
                return LeanOutcome.Unreachable;
            }

            var outcome = await SendAsync(exchange, plan, endpoint, connection);

            // The endpoint ended a connection that rested while we began to use it: that says nothing about the request.
            if (outcome != LeanOutcome.Broken || !connection.IsUsed)
            {
                return outcome;
            }
        }
    }

    private async ValueTask<LeanOutcome> SendAsync(Exchange exchange, RoutePlan plan, Endpoint endpoint, LeanConnection connection)
    {
        var stays = false;
        var answered = false;
        var gone = exchange.Http.RequestAborted;
        var watch = gone.UnsafeRegister(static state => ((LeanConnection)state!).Abort(), connection);
        try
        {
            connection.SetPatience(plan.Limits.Idle);
            await SendHeadAsync(exchange, plan, connection);
            if (await ReadHeadAsync(exchange, connection) is not { } head)
            {
                return gone.IsCancellationRequested ? LeanOutcome.Abandoned : connection.HasTimedOut ? LeanOutcome.TimedOut : LeanOutcome.Broken;
            }

            answered = true;
            stays = await new AnswerBody(exchange, connection, plan.Limits.Idle).PassAsync(head) && head.StaysOpen;
            return LeanOutcome.Done;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidDataException or OperationCanceledException or IOException or InvalidOperationException)
        {
            return gone.IsCancellationRequested ? LeanOutcome.Abandoned
                : connection.HasTimedOut ? LeanOutcome.TimedOut
                : answered || exception is InvalidDataException ? LeanOutcome.Failed
                : LeanOutcome.Broken;
        }
        finally
        {
            await watch.DisposeAsync();
            if (stays && connection.Received.IsEmpty && !gone.IsCancellationRequested)
            {
                pool.Return(endpoint, connection);
            }
            else
            {
                connection.Dispose();
            }
        }
    }

    private static async ValueTask SendHeadAsync(Exchange exchange, RoutePlan plan, LeanConnection connection)
    {
        var request = exchange.Http.Request;
        var (bytes, length) = RequestHead.Write(request.Method, exchange.Target, plan.Host ?? exchange.HostHeader, request.Headers);
        try
        {
            await connection.SendAsync(bytes.AsMemory(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Reads the head of the answer, past those that are only under way; null if the connection ended before its first byte.</summary>
    private static async ValueTask<ResponseHead?> ReadHeadAsync(Exchange exchange, LeanConnection connection)
    {
        var response = exchange.Http.Response;
        while (true)
        {
            int end;
            while ((end = connection.Received.Span.IndexOf("\r\n\r\n"u8)) < 0)
            {
                if (connection.Received.Length >= ResponseHead.MostBytes)
                {
                    throw new InvalidDataException("the answer's head is too long");
                }

                if (await connection.FillAsync() == 0)
                {
                    return connection.Received.IsEmpty ? null : throw new InvalidDataException("the answer ended in its head");
                }
            }

            var head = ResponseHead.Read(connection.Received.Span[..end], response.Headers);
            connection.Take(end + 4);
            if (head.Code >= 200)
            {
                response.StatusCode = head.Code;
                if (head.IsChunked || head.Code == StatusCodes.Status204NoContent)
                {
                    response.ContentLength = null;
                }

                exchange.EditAnswer(response.Headers);
                return head;
            }

            if (head.Code == StatusCodes.Status101SwitchingProtocols)
            {
                throw new InvalidDataException("the endpoint changes the protocol unasked");
            }
        }
    }
}
