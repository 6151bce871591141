using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Naru.Ingress.Backends;
using Naru.Ingress.Lean;
using Naru.Ingress.Listening;
using Naru.Ingress.Proxying;
using Naru.Ingress.Routing;
using Endpoint = Naru.Ingress.Backends.Endpoint;

namespace Naru.Ingress.Direct;

/// <summary>
/// Serves the requests at the beginning of a connection without the web server, as long as they are plain (<see cref="PlainHead"/>) and their routes ask for nothing but an endpoint. With the
/// first other one the connection goes over to the web server for good. Requests that find no endpoint go over too: what is said then is said in one place.
/// </summary>
internal sealed partial class DirectServing(LeanForwarding lean, IngressOptions options, TimeProvider time, ILogger<DirectServing> logger)
{
    // A proxy in front may say who the client is, and lines about requests are written from the web server's objects.
    private readonly bool _isPossible = options.TrustedProxies.Count == 0 && !options.AccessLog;

    /// <summary>Serves what can be served. True: the web server goes on with what the client has received and not taken; false: the connection is of no further use.</summary>
    public async Task<bool> ServeAsync(DirectClient client, PortFacts port)
    {
        try
        {
            while (_isPossible)
            {
                if (client.Received.IsEmpty && await client.FillAsync(ProxyServer.Rest) == 0)
                {
                    return false;
                }

                if (client.IsGone || TryBegin(client, port) is not { } asked)
                {
                    return true;
                }

                if (await ForwardAsync(client, asked) is var next && next != Next.Request)
                {
                    return next == Next.WebServer;
                }
            }

            return true;
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            return false;
        }
        catch (Exception failure)
        {
            // A fault of ours: it ends this connection, and is told.
            LogFault(failure);
            return false;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Next> ForwardAsync(DirectClient client, Asked asked)
    {
        var (plan, endpoint, length) = asked;
        var began = time.GetTimestamp();
        LeanOutcome outcome;
        endpoint.Enter();
        try
        {
            outcome = await lean.SendAsync(client, plan.Limits, endpoint);
        }
        finally
        {
            endpoint.Leave();
        }

        if (outcome == LeanOutcome.Abandoned)
        {
            return Next.Nothing;
        }

        if (outcome != LeanOutcome.Done && !client.HasStarted)
        {
            if (outcome is LeanOutcome.Unreachable or LeanOutcome.Broken && plan.Limits.Tries > 1)
            {
                endpoint.Suspect(time);
                plan.Counters.CountRetry();
                return Next.WebServer;
            }

            await (outcome == LeanOutcome.TimedOut
                ? client.AnswerAsync(StatusCodes.Status504GatewayTimeout, AnswerPages.TookTooLong)
                : client.AnswerAsync(StatusCodes.Status502BadGateway, AnswerPages.NoAnswer));
            outcome = LeanOutcome.Done;
        }

        plan.Counters.Count(client.Code, time.GetElapsedTime(began));
        client.Take(length);

        // An answer that broke off in the middle must not look whole.
        return outcome == LeanOutcome.Done && !client.IsClosing ? Next.Request : Next.Nothing;
    }

    /// <summary>Finds the endpoint and has the client write what it is asked; null if the request is not one for here.</summary>
    private Asked? TryBegin(DirectClient client, PortFacts port)
    {
        if (!PlainHead.TryRead(client.Received, out var head))
        {
            return null;
        }

        Span<char> host = stackalloc char[PlainHead.MostOfHost];
        host = host[..Encoding.ASCII.GetChars(head.Host, host)];
        if (port.Routes.Find(null, Proxy.NameOf(host), Encoding.ASCII.GetString(head.Path)) is not { Plan: { IsPlain: true } plan })
        {
            return null;
        }

        var backend = plan.Backends!.All[0].Backend!;
        if ((plan.Protocol ?? backend.State.Protocol) != BackendProtocol.Http || backend.Pick(time) is not { } endpoint)
        {
            return null;
        }

        try
        {
            client.Ask(head, plan.Host);
        }
        catch (InvalidDataException)
        {
            return null;
        }

        return new Asked(plan, endpoint, head.Length);
    }

    [LoggerMessage(18053, LogLevel.Error, "A request failed in a way that was not foreseen")]
    private partial void LogFault(Exception failure);

    /// <summary>A request that began: its plan, its endpoint, and the length of its head in bytes.</summary>
    private readonly record struct Asked(RoutePlan Plan, Endpoint Endpoint, int Length);

    /// <summary>What comes after a request.</summary>
    private enum Next
    {
        Request,
        WebServer,
        Nothing,
    }
}
