using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Images.Tests.Archives;
using Naru.Images.Tests.Support;

namespace Naru.Images.Tests.Registries;

/// <summary>A registry whose token server fails.</summary>
public sealed class TokenServerTests : IAsyncLifetime
{
    private FakeRegistry _registry = null!;
    private FakeRegistry _server = null!;
    private string _address = "";

    public async ValueTask InitializeAsync()
    {
        (_registry, _server) = (await FakeRegistry.StartAsync(), await FakeRegistry.StartAsync());
        _address = $"{_server.Address}token";
        _registry.Add("a", "1", Tars.Of(("a", "x")));
        _registry.Before = context =>
        {
            context.Response.StatusCode = 401;
            context.Response.Headers.WWWAuthenticate = $"Bearer realm=\"{_address}\",service=\"x\"";
            return Task.FromResult(true);
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _registry.DisposeAsync();
    }

    [Theory]
    [InlineData("before it answers")]
    [InlineData("in the middle of its answer")]
    public async Task Pull_TokenServerThatFallsSilent_GivesUpInTime(string when)
    {
        _server.Before = async context =>
        {
            if (when != "before it answers")
            {
                context.Response.ContentLength = 100;
                await context.Response.Body.WriteAsync("{\"token\":"u8.ToArray());
                await context.Response.Body.FlushAsync();
            }

            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return true;
        };

        var refused = await RefusedAsync(new() { RegistryTimeout = TimeSpan.FromSeconds(1) });

        Assert.Equal((ErrorKind.Unavailable, $"GET \"{_address}\": no answer in 1 s"), (refused.Kind, refused.Message));
    }

    [Fact]
    public async Task Pull_TokenServerThatBreaksOff_SaysWhichItWas()
    {
        _server.Before = context =>
        {
            context.Abort();
            return Task.FromResult(true);
        };

        var refused = await RefusedAsync(new());

        Assert.Equal(ErrorKind.Unavailable, refused.Kind);
        Assert.Contains(_address, refused.Message);
    }

    [Fact]
    public async Task Pull_TokenServerThatIsGone_SaysWhichItWas()
    {
        await _server.DisposeAsync();

        var refused = await RefusedAsync(new());

        Assert.Equal(ErrorKind.Unavailable, refused.Kind);
        Assert.Contains(_address, refused.Message);
    }

    private async Task<NaruException> RefusedAsync(ImagesOptions options)
    {
        await using var engine = await Engine.StartAsync(options);
        return await Assert.ThrowsAsync<NaruException>(
            () => engine.Get<IRegistries>().PullAsync(ImageReference.Parse($"{_registry.Host}/a:1"), null, null, new ProgressLog(), default));
    }
}
