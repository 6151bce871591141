using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Admission.Tests;

/// <summary>A real webhook, of admission or conversion: HTTPS on a port of this host, with a certificate of its own.</summary>
internal sealed class WebhookServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private WebhookServer(WebApplication application, X509Certificate2 certificate)
    {
        _application = application;
        CaBundle = Convert.ToBase64String(Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()));
    }

    public string CaBundle { get; }

    public int Port => new Uri(_application.Urls.Single()).Port;

    /// <summary>What was asked, by path.</summary>
    public List<(string Path, MapValue Review)> Asked { get; } = [];

    /// <summary>Ends with the first question.</summary>
    public Task FirstQuestion => _first.Task;

    /// <summary>Answers a review with the response to it.</summary>
    public Func<string, MapValue, MapValue> Answer { get; set; } = static (_, _) => new MapValue { ["allowed"] = true };

    /// <summary>Never answers.</summary>
    public bool Hangs { get; set; }

    /// <summary>Sends this instead of an answer.</summary>
    public (int Code, string Body)? Raw { get; set; }

    public static async Task<WebhookServer> StartAsync(params string[] names)
    {
        var certificate = Certificate(names);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var application = builder.Build();
        var server = new WebhookServer(application, certificate);
        application.Run(server.HandleAsync);
        await application.StartAsync();
        return server;
    }

    public static string Patch(string json) => Convert.ToBase64String(Encoding.UTF8.GetBytes(json.Replace('\'', '"')));

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var review = JsonText.ParseMap(body.ToArray());
        lock (Asked)
        {
            Asked.Add((context.Request.Path, review));
        }

        _first.TrySetResult();
        if (Hangs)
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        if (Raw is { } raw)
        {
            context.Response.StatusCode = raw.Code;
            await context.Response.WriteAsync(raw.Body);
            return;
        }

        var response = Answer(context.Request.Path, review.Map("request")!);
        response.Default("uid", review.Text("request", "uid")!);
        await context.Response.Body.WriteAsync(JsonText.ToBytes(new MapValue { ["apiVersion"] = review["apiVersion"], ["kind"] = review["kind"], ["response"] = response }));
    }

    private static X509Certificate2 Certificate(string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=webhook", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        alternatives.AddIpAddress(IPAddress.Loopback);
        foreach (var name in names)
        {
            alternatives.AddDnsName(name);
        }

        request.CertificateExtensions.Add(alternatives.Build());
        using var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(100));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
