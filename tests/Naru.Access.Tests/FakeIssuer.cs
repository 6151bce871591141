using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Naru.Access.Tokens;
using Naru.Objects.Values;

namespace Naru.Access.Tests;

/// <summary>An OpenID Connect issuer on a loopback port.</summary>
internal sealed class FakeIssuer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private int _generation = 1;

    private FakeIssuer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    public int Requests { get; private set; }

    public bool Broken { get; set; }

    public RSA Rsa { get; } = RSA.Create(2048);

    public static async Task<FakeIssuer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var issuer = new FakeIssuer(app);
        app.Run(issuer.AnswerAsync);
        await app.StartAsync();
        return issuer;
    }

    public void Rotate()
    {
        _key.Dispose();
        _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _generation++;
    }

    public string Sign(MapValue claims)
    {
        var text = $"{Part($"{{\"alg\":\"ES256\",\"kid\":\"k{_generation}\"}}")}.{JsonWebToken.Encode(claims)}";
        return $"{text}.{Base64Url.EncodeToString(_key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256))}";
    }

    public string SignRsa(MapValue claims)
    {
        var text = $"{Part("{\"alg\":\"RS256\",\"kid\":\"rsa\"}")}.{JsonWebToken.Encode(claims)}";
        return $"{text}.{Base64Url.EncodeToString(Rsa.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _key.Dispose();
        Rsa.Dispose();
    }

    private static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    private Task AnswerAsync(HttpContext context)
    {
        Requests++;
        if (Broken)
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        }

        var issuer = Address.OriginalString;
        if (context.Request.Path == "/.well-known/openid-configuration")
        {
            return context.Response.WriteAsync($"{{\"issuer\":\"{issuer}\",\"jwks_uri\":\"{issuer}/keys\"}}");
        }

        var (point, rsa) = (_key.ExportParameters(false).Q, Rsa.ExportParameters(false));
        return context.Response.WriteAsync($$"""
            {"keys":[{"kty":"EC","crv":"P-256","kid":"k{{_generation}}","use":"sig","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"},
                     {"kty":"RSA","kid":"rsa","n":"{{Base64Url.EncodeToString(rsa.Modulus)}}","e":"{{Base64Url.EncodeToString(rsa.Exponent)}}"},{"kty":"oct","kid":"x","k":"AAAA"}]}
            """);
    }
}
