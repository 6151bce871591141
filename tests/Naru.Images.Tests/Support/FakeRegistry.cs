using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Naru.Core.Images;

namespace Naru.Images.Tests.Support;

/// <summary>A registry in memory that can be made to misbehave. Reads only.</summary>
internal sealed class FakeRegistry : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeRegistry(WebApplication app) => _app = app;

    internal ConcurrentDictionary<string, byte[]> Blobs { get; } = new();

    /// <summary>By "repository:reference".</summary>
    internal ConcurrentDictionary<string, (byte[] Bytes, string Type)> Manifests { get; } = new();

    internal ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Looks at a request first; true if it has answered it.</summary>
    internal Func<HttpContext, Task<bool>>? Before { get; set; }

    internal Uri Address => new(_app.Urls.First());

    internal string Host => Address.Authority;

    internal static async Task<FakeRegistry> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var registry = new FakeRegistry(app);
        app.Run(registry.AnswerAsync);
        await app.StartAsync();
        return registry;
    }

    /// <summary>Adds an image of such layers (plain tars) and returns its manifest's digest.</summary>
    internal Digest Add(string repository, string tag, params byte[][] layers) => Add(repository, tag, [.. layers.Select(layer => (layer, Digest.Of(layer)))]);

    /// <summary>Adds an image of packed layers with the diff ids that its configuration is to claim.</summary>
    internal Digest Add(string repository, string tag, params (byte[] Packed, Digest DiffId)[] layers)
    {
        var diffs = string.Join(',', layers.Select(layer => $"\"{layer.DiffId}\""));
        var config = Encoding.UTF8.GetBytes($$$"""{"architecture":"{{{Architecture}}}","os":"linux","rootfs":{"type":"layers","diff_ids":[{{{diffs}}}]}}""");
        var described = string.Join(
            ',', layers.Select(layer => $$"""{"mediaType":"application/vnd.docker.image.rootfs.diff.tar.gzip","size":{{layer.Packed.Length}},"digest":"{{Put(layer.Packed)}}"}"""));
        var manifest = Encoding.UTF8.GetBytes(
            $$"""{"schemaVersion":2,"mediaType":"{{ManifestType}}","config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":{{config.Length}},"digest":"{{Put(config)}}"},"layers":[{{described}}]}""");
        return PutManifest(repository, tag, manifest, ManifestType);
    }

    internal Digest PutManifest(string repository, string tag, byte[] manifest, string type)
    {
        var digest = Digest.Of(manifest);
        Manifests[$"{repository}:{tag}"] = Manifests[$"{repository}:{digest}"] = (manifest, type);
        return digest;
    }

    internal const string ManifestType = "application/vnd.docker.distribution.manifest.v2+json";

    internal static string Architecture =>
        System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64";

    internal Digest Put(byte[] blob)
    {
        var digest = Digest.Of(blob);
        Blobs[digest.Value] = blob;
        return digest;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        Requests.Enqueue($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} {context.Request.Headers.Range} [{context.Request.Headers.Authorization}]");
        if (Before is { } before && await before(context))
        {
            return;
        }

        var path = context.Request.Path.Value!;
        if (path == "/v2/")
        {
            return;
        }

        var parts = path.Split('/');
        var (kind, reference) = (parts[^2], parts[^1]);
        var repository = string.Join('/', parts[2..^2]);
        if (kind == "manifests" && Manifests.TryGetValue($"{repository}:{reference}", out var manifest))
        {
            context.Response.ContentType = manifest.Type;
            await context.Response.Body.WriteAsync(manifest.Bytes);
        }
        else if (kind == "blobs" && Blobs.TryGetValue(reference, out var blob))
        {
            await ServeAsync(context, blob);
        }
        else
        {
            context.Response.StatusCode = 404;
            await context.Response.WriteAsync("""{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}""");
        }
    }

    internal static async Task ServeAsync(HttpContext context, byte[] blob)
    {
        var range = context.Request.GetTypedHeaders().Range;
        var from = (int)(range?.Ranges.First().From ?? 0);
        if (range is not null)
        {
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = $"bytes {from}-{blob.Length - 1}/{blob.Length}";
        }

        context.Response.ContentLength = blob.Length - from;
        await context.Response.Body.WriteAsync(blob.AsMemory(from));
    }
}
