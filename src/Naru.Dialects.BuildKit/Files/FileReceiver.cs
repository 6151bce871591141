using Grpc.Core;
using Naru.Core.Builds;
using Naru.Core.Errors;
using Naru.Dialects.BuildKit.Protocol;
using Naru.Dialects.BuildKit.Sessions;
using Naru.Dialects.BuildKit.Transport;

namespace Naru.Dialects.BuildKit.Files;

/// <summary>
/// Receives a tree: 1. the caller tells every entry, the last one empty; 2. files whose bytes are needed are asked for by the number of their
/// entry; 3. bytes come in pieces, an empty one ends a file; 4. both sides say that they are done.
/// </summary>
internal sealed class FileReceiver(CallerSession session, IContextDirectory directory)
{
    private readonly Dictionary<uint, Stream> _open = [];
    private readonly Dictionary<uint, string> _asked = [];
    private uint _count;
    private bool _told;

    public async Task ReceiveAsync(string name, ContextQuery query, CancellationToken cancellationToken)
    {
        var headers = new Metadata();
        Put(headers, "dir-name", [name]);
        Put(headers, "include-patterns", query.Include);
        Put(headers, "exclude-patterns", query.Exclude);
        Put(headers, "followpaths", query.Follow);
        directory.Begin();
        try
        {
            using var call = session.Calls.AsyncDuplexStreamingCall(Methods.ReceiveFiles, null, new CallOptions(headers, cancellationToken: cancellationToken));
            await RunAsync(call, cancellationToken);
        }
        catch (RpcException problem)
        {
            throw SessionErrors.Translate(problem, cancellationToken);
        }
        finally
        {
            foreach (var file in _open.Values)
            {
                await file.DisposeAsync();
            }
        }

        directory.Complete();
    }

    private async Task RunAsync(AsyncDuplexStreamingCall<Packet, Packet> call, CancellationToken cancellationToken)
    {
        var finished = false;
        while (await call.ResponseStream.MoveNext(cancellationToken))
        {
            var packet = call.ResponseStream.Current;
            switch (packet.Type)
            {
                case PacketType.PacketStat:
                    await TellAsync(call, packet.Stat, cancellationToken);
                    break;
                case PacketType.PacketData:
                    await WriteAsync(packet, cancellationToken);
                    break;
                case PacketType.PacketErr:
                    throw new NaruException(ErrorKind.FailedPrecondition, $"error from sender: {packet.Data.ToStringUtf8()}");
                case PacketType.PacketFin:
                    await call.RequestStream.CompleteAsync();
                    break;
                default:
                    throw NaruException.Invalid($"unexpected packet {packet.Type}");
            }

            if (_told && _asked.Count == 0 && !finished)
            {
                finished = true;
                await call.RequestStream.WriteAsync(new Packet { Type = PacketType.PacketFin }, cancellationToken);
            }
        }

        if (!finished)
        {
            throw new NaruException(ErrorKind.Unavailable, "the client stopped in the middle of sending files");
        }
    }

    private async Task TellAsync(AsyncDuplexStreamingCall<Packet, Packet> call, FileStat? stat, CancellationToken cancellationToken)
    {
        if (stat is null)
        {
            _told = true;
            return;
        }

        var id = _count++;
        var entry = FileStats.ToCore(stat);

        // Owners on the caller's machine mean nothing in an image.
        if (directory.Tell(entry with { User = 0, Group = 0 }))
        {
            _asked[id] = entry.Path;
            await call.RequestStream.WriteAsync(new Packet { Type = PacketType.PacketReq, Id = id }, cancellationToken);
        }
    }

    private async Task WriteAsync(Packet packet, CancellationToken cancellationToken)
    {
        if (!_asked.TryGetValue(packet.Id, out var path))
        {
            throw NaruException.Invalid($"bytes of a file that was not asked for: {packet.Id}");
        }

        if (!_open.TryGetValue(packet.Id, out var file))
        {
            _open[packet.Id] = file = directory.Write(path);
        }

        if (packet.Data.IsEmpty)
        {
            await file.DisposeAsync();
            _open.Remove(packet.Id);
            _asked.Remove(packet.Id);
            return;
        }

        await file.WriteAsync(packet.Data.Memory, cancellationToken);
    }

    private static void Put(Metadata headers, string key, IReadOnlyCollection<string> values)
    {
        // Commas too: they part the values on their way (HeaderSplitter).
        var encode = values.Any(v => v.Any(c => c is < ' ' or > '~' or ',' or '%'));
        foreach (var value in values)
        {
            headers.Add(key, encode ? Uri.EscapeDataString(value) : value);
        }

        if (encode)
        {
            headers.Add(key + "-encoded", "1");
        }
    }
}
