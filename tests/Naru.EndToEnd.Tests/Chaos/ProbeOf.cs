using System.Text.Json.Nodes;
using Naru.EndToEnd.Tests.Support;
using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Chaos;

/// <summary>A second container on the network "same" of one instance, to see whether names still resolve there.</summary>
internal sealed class ProbeOf(NaruInstance naru) : IAsyncDisposable
{
    private readonly EngineClient _api = new(naru.SocketPath);

    /// <summary>The exit code of one ping by name.</summary>
    public async Task<int> PingAsync(string name)
    {
        var id = await _api.CreateAsync(Engine.Image, ["ping", "-c", "1", "-W", "3", name], new JsonObject { ["HostConfig"] = new JsonObject { ["NetworkMode"] = "same" } });
        await _api.PostAsync($"/containers/{id}/start");
        var code = (await _api.PostAsync($"/containers/{id}/wait")).Json["StatusCode"]!.GetValue<int>();
        await _api.DeleteAsync($"/containers/{id}");
        return code;
    }

    public ValueTask DisposeAsync()
    {
        _api.Dispose();
        return ValueTask.CompletedTask;
    }
}
