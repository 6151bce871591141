using System.Buffers.Binary;
using System.Collections.Concurrent;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Naru.Agent.Csi.Wire;
using Naru.Testing.Running;

namespace Naru.Agent.Tests.Csi;

/// <summary>
/// A storage driver for tests: its volumes are directories, shown by bind mounts (or, without root, by nothing but directories). It speaks the real protocol over real sockets, keeps what it
/// was asked, and can be told to refuse.
/// </summary>
internal sealed class TestDriver : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly string _store;
    private readonly string _registration;

    private TestDriver(string name, string root, bool mounts, WebApplication server)
    {
        (Name, Mounts, _server) = (name, mounts, server);
        Endpoint = Path.Combine(root, "plugins", name, "csi.sock");
        _registration = Path.Combine(root, "plugins_registry", $"{name}-reg.sock");
        _store = Path.Combine(root, "plugins", name, "store");
    }

    public string Name { get; }

    public bool Mounts { get; }

    public string Endpoint { get; }

    /// <summary>Calls in order, by their last word and the volume.</summary>
    public ConcurrentQueue<string> Calls { get; } = [];

    /// <summary>The newest request to publish.</summary>
    public NodePublishVolumeRequest? Published { get; private set; }

    /// <summary>The newest request to make ready.</summary>
    public NodeStageVolumeRequest? Staged { get; private set; }

    /// <summary>What the node told of the registration.</summary>
    public RegistrationStatus? Told { get; private set; }

    /// <summary>Refuses calls of this name.</summary>
    public string Refuses { get; set; } = "";

    public string Version { get; set; } = "1.0.0";

    /// <summary>Where a volume's files are.</summary>
    public string StoreOf(string handle) => Directory.CreateDirectory(Path.Combine(_store, handle)).FullName;

    /// <summary>Starts it below a node's directory.</summary>
    public static async Task<TestDriver> StartAsync(string name, string root, bool mounts, string version = "1.0.0")
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = "/" });
        builder.WebHost.UseKestrelCore();
        TestDriver? driver = null;
        Directory.CreateDirectory(Path.Combine(root, "plugins", name));
        Directory.CreateDirectory(Path.Combine(root, "plugins_registry"));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            foreach (var socket in (string[])[Path.Combine(root, "plugins", name, "csi.sock"), Path.Combine(root, "plugins_registry", $"{name}-reg.sock")])
            {
                File.Delete(socket);
                kestrel.ListenUnixSocket(socket, static listen => listen.Protocols = HttpProtocols.Http2);
            }
        });
        var server = builder.Build();
        driver = new TestDriver(name, root, mounts, server) { Version = version };
        server.Run(driver.HandleAsync);
        await server.StartAsync();
        return driver;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync();
        await _server.DisposeAsync();
        File.Delete(_registration);
        File.Delete(Endpoint);
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var message = body.ToArray().AsSpan(5).ToArray();
        var call = context.Request.Path.Value!.Split('/')[^1];
        context.Response.ContentType = "application/grpc";
        context.Response.DeclareTrailer("grpc-status");
        if (call == Refuses)
        {
            context.Response.DeclareTrailer("grpc-message");
            await context.Response.StartAsync();
            context.Response.AppendTrailer("grpc-status", "13");
            context.Response.AppendTrailer("grpc-message", "no luck");
            return;
        }

        var answer = (await AnswerAsync(call, message)).ToByteArray();
        var frame = new byte[5 + answer.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), answer.Length);
        answer.CopyTo(frame, 5);
        await context.Response.Body.WriteAsync(frame);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    private async Task<IMessage> AnswerAsync(string call, byte[] message)
    {
        switch (call)
        {
            case "GetInfo":
                return new PluginInfo { Type = "CSIPlugin", Name = Name, Endpoint = Endpoint, SupportedVersions = { Version } };
            case "NotifyRegistrationStatus":
                Told = RegistrationStatus.Parser.ParseFrom(message);
                return new RegistrationStatusResponse();
            case "NodeGetInfo":
                return new NodeGetInfoResponse { NodeId = "node-of-" + Name, MaxVolumesPerNode = 7, AccessibleTopology = new Topology { Segments = { ["example.org/rack"] = "r1" } } };
            case "NodeGetCapabilities":
                return Capabilities();
            case "NodeStageVolume":
                Staged = NodeStageVolumeRequest.Parser.ParseFrom(message);
                await ShowAsync("Stage", Staged.VolumeId, StoreOf(Staged.VolumeId), Staged.StagingTargetPath, false);
                return new NodeStageVolumeResponse();
            case "NodePublishVolume":
                Published = NodePublishVolumeRequest.Parser.ParseFrom(message);
                await ShowAsync("Publish", Published.VolumeId, Published.StagingTargetPath.Length > 0 && Mounts ? Published.StagingTargetPath : StoreOf(Published.VolumeId), Published.TargetPath, Published.Readonly);
                return new NodePublishVolumeResponse();
            case "NodeUnpublishVolume":
                var gone = NodeUnpublishVolumeRequest.Parser.ParseFrom(message);
                await HideAsync("Unpublish", gone.VolumeId, gone.TargetPath);
                Directory.Delete(gone.TargetPath);
                return new NodeUnpublishVolumeResponse();
            case "NodeUnstageVolume":
                var free = NodeUnstageVolumeRequest.Parser.ParseFrom(message);
                await HideAsync("Unstage", free.VolumeId, free.StagingTargetPath);
                return new NodeUnstageVolumeResponse();
            case "NodeExpandVolume":
                var larger = NodeExpandVolumeRequest.Parser.ParseFrom(message);
                Calls.Enqueue($"Expand {larger.VolumeId} {larger.CapacityRange.RequiredBytes}");
                return new NodeExpandVolumeResponse { CapacityBytes = larger.CapacityRange.RequiredBytes };
            default:
                return new NodeGetVolumeStatsResponse
                {
                    Usage = { new VolumeUsage { Total = 1000, Used = 400, Available = 600, Unit = VolumeUsage.Types.Unit.Bytes }, new VolumeUsage { Total = 10, Used = 4, Available = 6, Unit = VolumeUsage.Types.Unit.Inodes } },
                };
        }
    }

    private static NodeGetCapabilitiesResponse Capabilities()
    {
        var response = new NodeGetCapabilitiesResponse();
        foreach (var type in (NodeServiceCapability.Types.RPC.Types.Type[])[NodeServiceCapability.Types.RPC.Types.Type.StageUnstageVolume, NodeServiceCapability.Types.RPC.Types.Type.GetVolumeStats, NodeServiceCapability.Types.RPC.Types.Type.ExpandVolume])
        {
            response.Capabilities.Add(new NodeServiceCapability { Rpc = new NodeServiceCapability.Types.RPC { Type = type } });
        }

        return response;
    }

    private async Task ShowAsync(string word, string handle, string source, string target, bool readOnly)
    {
        Calls.Enqueue($"{word} {handle}");
        Directory.CreateDirectory(target);
        if (Mounts && (await Command.RunAsync("mountpoint", ["-q", target])).ExitCode != 0)
        {
            await Command.RunAsync("mount", ["--bind", source, target]);
            if (readOnly)
            {
                await Command.RunAsync("mount", ["-o", "remount,bind,ro", target]);
            }
        }
    }

    private async Task HideAsync(string word, string handle, string target)
    {
        Calls.Enqueue($"{word} {handle}");
        if (Mounts)
        {
            await Command.RunAsync("umount", [target]);
        }
    }
}
