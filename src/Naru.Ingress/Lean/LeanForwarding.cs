using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Naru.Ingress.Backends;
using Naru.Ingress.Listening;
using Naru.Ingress.Proxying;
using Naru.Ingress.Routing;
using Endpoint = Naru.Ingress.Backends.Endpoint;

namespace Naru.Ingress.Lean;

/// <summary>
/// The short way for most requests: no body, HTTP/1.1 to the endpoint, no upgrade. The head goes as bytes to the endpoint's socket, and the answer is read straight into the client's,
/// without the request and response objects of an HTTP client between. Everything else goes by YARP's forwarder.
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

    /// <summary>Asks an endpoint and passes its answer on.</summary>
    // Here and below what waits is taken from a pool: for each request it would be half a kilobyte to collect.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<LeanOutcome> SendAsync(ILeanClient client, ForwardLimits limits, Endpoint endpoint)
    {
        while (true)
        {
            var loop = loops.Here;
            var connection = pool.Take(endpoint, loop);
            try
            {
                connection ??= await LeanConnection.OpenAsync(endpoint.Address, loop, limits.Connect, time);
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException)
            {
                pool.Clear(endpoint);
                return LeanOutcome.Unreachable;
            }

            var outcome = await SendAsync(client, limits, endpoint, connection);

            // The endpoint ended a connection that rested while we began to use it: that says nothing about the request.
            if (outcome != LeanOutcome.Broken || !connection.IsUsed)
            {
                return outcome;
            }
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<LeanOutcome> SendAsync(ILeanClient client, ForwardLimits limits, Endpoint endpoint, LeanConnection connection)
    {
        var stays = false;
        var answered = false;
        client.Watch(connection);
        try
        {
            connection.SetPatience(limits.Idle);
            await connection.SendAsync(client.WriteHead());
            if (await ReadHeadAsync(client, connection) is not { } head)
            {
                return client.IsGone ? LeanOutcome.Abandoned : connection.HasTimedOut ? LeanOutcome.TimedOut : LeanOutcome.Broken;
            }

            answered = true;
            client.Accept(head);
            stays = await new AnswerBody(client, connection, limits.Idle).PassAsync(head) && head.StaysOpen;
            return LeanOutcome.Done;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidDataException or OperationCanceledException or IOException or InvalidOperationException)
        {
            return client.IsGone ? LeanOutcome.Abandoned
                : connection.HasTimedOut ? LeanOutcome.TimedOut
                : answered || exception is InvalidDataException ? LeanOutcome.Failed
                : LeanOutcome.Broken;
        }
        finally
        {
            await client.UnwatchAsync();
            if (stays && connection.Received.IsEmpty && !client.IsGone)
            {
                pool.Return(endpoint, connection);
            }
            else
            {
                connection.Dispose();
            }
        }
    }

    /// <summary>Reads the head of the answer, past those that are only under way; null if the connection ended before its first byte.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<ResponseHead?> ReadHeadAsync(ILeanClient client, LeanConnection connection)
    {
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

            var head = ResponseHead.Read(connection.Received.Span[..end], client);
            connection.Take(end + 4);
            if (head.IsFinal)
            {
                return head;
            }

            if (head.Code == StatusCodes.Status101SwitchingProtocols)
            {
                throw new InvalidDataException("the endpoint changes the protocol unasked");
            }
        }
    }
}
