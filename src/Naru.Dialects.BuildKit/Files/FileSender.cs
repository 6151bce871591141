using Google.Protobuf;
using Grpc.Core;
using Naru.Core.Builds;
using Naru.Core.Errors;
using Naru.Dialects.BuildKit.Protocol;
using Naru.Dialects.BuildKit.Sessions;
using Naru.Dialects.BuildKit.Transport;

namespace Naru.Dialects.BuildKit.Files;

/// <summary>Sends trees and archives to the caller (<c>-o DIR</c>, <c>-o type=tar,dest=…</c>).</summary>
internal static class FileSender
{
    private const int PieceSize = 32 * 1024;

    /// <summary>Sends a tree: all entries, then the bytes that are asked for.</summary>
    public static async Task SendTreeAsync(CallerSession session, int exporter, IBuildTree tree, CancellationToken cancellationToken)
    {
        try
        {
            using var call = session.Calls.AsyncDuplexStreamingCall(Methods.SendFiles, null, new CallOptions(Headers(exporter), cancellationToken: cancellationToken));
            var paths = new List<string>();
            foreach (var entry in tree.Walk())
            {
                paths.Add(entry.Path);
                await call.RequestStream.WriteAsync(new Packet { Type = PacketType.PacketStat, Stat = FileStats.FromCore(entry) }, cancellationToken);
            }

            await call.RequestStream.WriteAsync(new Packet { Type = PacketType.PacketStat }, cancellationToken);
            while (await call.ResponseStream.MoveNext(cancellationToken))
            {
                var packet = call.ResponseStream.Current;
                if (packet.Type == PacketType.PacketReq && packet.Id < paths.Count)
                {
                    await SendFileAsync(call, tree, packet.Id, paths[(int)packet.Id], cancellationToken);
                }
                else if (packet.Type == PacketType.PacketFin)
                {
                    await call.RequestStream.WriteAsync(new Packet { Type = PacketType.PacketFin }, cancellationToken);
                    await call.RequestStream.CompleteAsync();
                }
                else if (packet.Type == PacketType.PacketErr)
                {
                    throw new NaruException(ErrorKind.FailedPrecondition, $"error from receiver: {packet.Data.ToStringUtf8()}");
                }
            }
        }
        catch (RpcException problem)
        {
            throw SessionErrors.Translate(problem, cancellationToken);
        }
    }

    /// <summary>Sends an archive that is written meanwhile.</summary>
    public static async Task SendArchiveAsync(CallerSession session, int exporter, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        try
        {
            using var call = session.Calls.AsyncDuplexStreamingCall(Methods.SendArchive, null, new CallOptions(Headers(exporter), cancellationToken: cancellationToken));
            await using (var stream = new MessageStream(call.RequestStream))
            {
                await write(stream, cancellationToken);
                await stream.FlushAsync(cancellationToken);
            }

            await call.RequestStream.CompleteAsync();
            while (await call.ResponseStream.MoveNext(cancellationToken))
            {
            }
        }
        catch (RpcException problem)
        {
            throw SessionErrors.Translate(problem, cancellationToken);
        }
    }

    private static Metadata Headers(int exporter) =>
        new() { { "buildkit-attachable-exporter-id", exporter.ToString(System.Globalization.CultureInfo.InvariantCulture) } };

    private static async Task SendFileAsync(
        AsyncDuplexStreamingCall<Packet, Packet> call, IBuildTree tree, uint id, string path, CancellationToken cancellationToken)
    {
        await using var file = tree.OpenRead(path);
        var buffer = new byte[PieceSize];
        int count;
        while ((count = await file.ReadAsync(buffer, cancellationToken)) > 0)
        {
            await call.RequestStream.WriteAsync(new Packet { Type = PacketType.PacketData, Id = id, Data = ByteString.CopyFrom(buffer, 0, count) }, cancellationToken);
        }

        await call.RequestStream.WriteAsync(new Packet { Type = PacketType.PacketData, Id = id }, cancellationToken);
    }
}
