using System.Net;
using System.Text;
using Naru.Ingress.Listening;
using Naru.Ingress.Proxying;

namespace Naru.Ingress.Direct;

/// <summary>What endpoints are told about a client, as bytes: made once for a connection and host.</summary>
internal sealed class ClientWords(PortFacts port, IPAddress address)
{
    private readonly string _client = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    private byte[] _host = [];
    private byte[] _words = [];

    /// <summary>The fields, each with its line's end.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> host)
    {
        if (!host.SequenceEqual(_host))
        {
            _host = host.ToArray();
            var name = Encoding.ASCII.GetString(host);
            _words = Encoding.ASCII.GetBytes(
                $"X-Real-IP: {_client}\r\nX-Forwarded-For: {_client}\r\nX-Forwarded-Host: {name}\r\nX-Forwarded-Port: {port.NumberText}\r\nX-Forwarded-Proto: {port.Scheme}\r\n"
                + $"X-Forwarded-Scheme: {port.Scheme}\r\nForwarded: {ForwardedHeaders.ElementOf(_client, name, port.Scheme)}\r\n");
        }

        return _words;
    }
}
