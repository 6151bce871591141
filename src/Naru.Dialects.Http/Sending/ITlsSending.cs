namespace Naru.Dialects.Http.Sending;

/// <summary>Sends over a connection's TLS past Kestrel, while an answer is under way whose head Kestrel has sent and whose body it leaves to others. A feature of connections of
/// <see cref="DirectSendingExtensions.UseDirectTls"/>.</summary>
public interface ITlsSending
{
    /// <summary>Sends bytes as they are, without a copy of them. One at a time, and not to be called off: half a record would be the end of the connection. A send that waits ends when the connection is closed;
    /// a connection that is closed swallows what follows.</summary>
    ValueTask SendAsync(ReadOnlyMemory<byte> bytes);
}
