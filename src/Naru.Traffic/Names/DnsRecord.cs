namespace Naru.Traffic.Names;

/// <summary>A record of class IN as it is written.</summary>
/// <param name="Type">Its type.</param>
/// <param name="TimeToLive">Seconds.</param>
/// <param name="Data">Its data; names in it are not compressed.</param>
/// <param name="Owner">Its name as bytes; null: the name asked for.</param>
internal sealed record DnsRecord(ushort Type, uint TimeToLive, byte[] Data, byte[]? Owner = null);
