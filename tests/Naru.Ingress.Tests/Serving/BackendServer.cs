using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Naru.Ingress.Tests.Serving;

/// <summary>A real server behind the ingress, on loopback.</summary>
public sealed class BackendServer : IAsyncDisposable
{
    private readonly WebApplication _host;

    private BackendServer(WebApplication host, string address)
    {
        _host = host;
        Address = address;
        Port = new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
    }

    public string Address { get; }

    public int Port { get; }

    public static async Task<BackendServer> StartAsync(RequestDelegate answer, string address = "127.0.0.1", HttpProtocols protocols = HttpProtocols.Http1, int port = 0)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = "/" });
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(System.Net.IPAddress.Parse(address), port, listen => listen.Protocols = protocols);
        });
        var host = builder.Build();
        host.UseWebSockets();
        host.Run(answer);
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new BackendServer(host, address);
    }

    /// <summary>One that answers with its name.</summary>
    public static Task<BackendServer> NamedAsync(string name, string address = "127.0.0.1") => StartAsync(context => context.Response.WriteAsync(name), address);

    /// <summary>One that answers with what it was asked: the request line and the head.</summary>
    public static Task<BackendServer> EchoAsync(string address = "127.0.0.1") => StartAsync(
        async context =>
        {
            var request = context.Request;
            var lines = request.Headers.SelectMany(static header => header.Value.Select(value => $"{header.Key}: {value}"));
            await context.Response.WriteAsync($"{request.Method} {context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget}\n{string.Join('\n', lines)}\n");
        },
        address);

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _host.StopAsync(now.Token);
        await _host.DisposeAsync();
    }
}
