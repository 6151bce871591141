using Google.Protobuf;
using Grpc.Core;
using Naru.Dialects.BuildKit.Protocol;

namespace Naru.Dialects.BuildKit.Transport;

/// <summary>What the caller's side of a session serves.</summary>
internal static class Methods
{
    public static Method<CredentialsRequest, CredentialsResponse> Credentials { get; } =
        Make(MethodType.Unary, "moby.filesync.v1.Auth", "Credentials", CredentialsRequest.Parser, CredentialsResponse.Parser);

    public static Method<GetSecretRequest, GetSecretResponse> GetSecret { get; } =
        Make(MethodType.Unary, "moby.buildkit.secrets.v1.Secrets", "GetSecret", GetSecretRequest.Parser, GetSecretResponse.Parser);

    public static Method<CheckAgentRequest, Nothing> CheckAgent { get; } =
        Make(MethodType.Unary, "moby.sshforward.v1.SSH", "CheckAgent", CheckAgentRequest.Parser, Nothing.Parser);

    public static Method<Bytes, Bytes> ForwardAgent { get; } =
        Make(MethodType.DuplexStreaming, "moby.sshforward.v1.SSH", "ForwardAgent", Bytes.Parser, Bytes.Parser);

    public static Method<Packet, Packet> ReceiveFiles { get; } =
        Make(MethodType.DuplexStreaming, "moby.filesync.v1.FileSync", "DiffCopy", Packet.Parser, Packet.Parser);

    public static Method<Packet, Packet> SendFiles { get; } =
        Make(MethodType.DuplexStreaming, "moby.filesync.v1.FileSend", "DiffCopy", Packet.Parser, Packet.Parser);

    public static Method<Bytes, Bytes> SendArchive { get; } =
        Make(MethodType.DuplexStreaming, "moby.filesync.v1.FileSend", "DiffCopy", Bytes.Parser, Bytes.Parser);

    public static Method<Bytes, Bytes> PullUpload { get; } =
        Make(MethodType.DuplexStreaming, "moby.upload.v1.Upload", "Pull", Bytes.Parser, Bytes.Parser);

    private static Method<TRequest, TResponse> Make<TRequest, TResponse>(
        MethodType type, string service, string name, MessageParser<TRequest> request, MessageParser<TResponse> response)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        new(type, service, name, Marshaller(request), Marshaller(response));

    private static Marshaller<T> Marshaller<T>(MessageParser<T> parser)
        where T : class, IMessage<T> => Marshallers.Create(
            (message, context) =>
            {
                context.SetPayloadLength(message.CalculateSize());
                message.WriteTo(context.GetBufferWriter());
                context.Complete();
            },
            context => parser.ParseFrom(context.PayloadAsReadOnlySequence()));
}
